import { badInput, type FieldProblem } from '@marquee/chassis/errors/errors';
import { checked, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { SaveFreelancerProfileInput } from './profile-inputs.js';
import type { FreelancerProfile } from './profile-model.js';
import { ProfileStatus } from './profile-status.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { clearable, storable, texts, webAddress } from '../input/input-values.js';
import { termIds, type Choice } from '../taxonomy/taxonomy-term-rules.js';

const link = z.object({ label: text(1, 50), url: webAddress });

const yesOrNo = z.boolean({ error: 'cannot be cleared' }).optional();

/** What of a profile changes: a field that is left out stays, null clears it. */
export type ProfileChange = z.output<ReturnType<typeof profile>>;

/** @throws BAD_USER_INPUT with every problem */
export function profileChange(input: SaveFreelancerProfileInput, choice: Choice): ProfileChange {
  return checked(profile(choice), input);
}

/** The ids of terms that the input names, of which the store knows some. */
export function namedTerms(input: SaveFreelancerProfileInput): string[] {
  return storable(input.audienceIds, input.styleIds, input.genreIds, input.imageTagIds);
}

export function heldTerms(current: FreelancerProfile | null): string[] {
  return current === null
    ? []
    : [...current.audienceIds, ...current.styleIds, ...current.genreIds, ...current.imageTagIds];
}

/** What a profile lacks before it can be submitted, each with its name. */
export function missingFields(profile: Requirements): FieldProblem[] {
  const required: [string, boolean, string][] = [
    ['name', profile.name !== '', 'is missing'],
    ['email', profile.email !== null, 'is missing'],
    ['currentLocations', profile.currentLocations.length > 0, 'needs at least one'],
    ['audiences', profile.audienceIds.length > 0, 'needs at least one'],
    ['styles', profile.styleIds.length > 0, 'needs at least one'],
    ['statement', profile.statement !== null, 'is missing'],
  ];
  return required.filter(([, present]) => !present).map(([path, , message]) => ({ path, message }));
}

/**
 * Who looks at a profile or finds it in public finds it whole: nothing that it had to have is taken away again.
 * @throws BAD_USER_INPUT naming what would be missing
 */
export function mustStayWhole(before: FreelancerProfile, after: Requirements): void {
  if (!inSight.includes(before.status)) return;
  const missing = missingFields(after).map(({ path }) => path);
  const message = `cannot be cleared while the profile is ${before.status}`;
  if (missing.length > 0) throw badInput(...missing.map((path) => ({ path: `input.${path}`, message })));
}

const inSight = [ProfileStatus.SUBMITTED, ProfileStatus.UNDER_REVIEW, ProfileStatus.APPROVED];

function profile(choice: Choice) {
  return z.object({
    name: text(1, 100).optional(),
    pronouns: clearable(50),
    summary: clearable(300),
    statement: clearable(5000),
    websiteLinks: z
      .array(link)
      .max(10, 'must have at most 10 entries')
      .nullish()
      .transform((links) => (links === null ? [] : links)),
    currentLocations: texts(10, 100),
    pastLocations: texts(20, 100),
    audienceIds: termIds(10, [TaxonomyCategory.AUDIENCE], choice),
    styleIds: termIds(15, [TaxonomyCategory.STYLE], choice),
    genreIds: termIds(20, [TaxonomyCategory.GENRE], choice),
    imageTagIds: termIds(30, [TaxonomyCategory.IMAGE_TAG], choice),
    usesAi: yesOrNo,
    aiDetails: clearable(1000),
    booksExcitedAbout: texts(20, 200),
    rateInfo: clearable(500),
    avatarId: z.string().nullish(),
    resumeId: z.string().nullish(),
    email: z.string().max(254, 'must have at most 254 characters').nullish(),
    hasAgent: yesOrNo,
    agentDetails: clearable(500),
    employerDetails: clearable(500),
  });
}

type Requirements = Pick<
  FreelancerProfile,
  'name' | 'email' | 'currentLocations' | 'audienceIds' | 'styleIds' | 'statement'
>;
