import { badInput, type FieldProblem } from '@marquee/chassis/errors/errors';
import { boundedList, validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { optionalText, optionalLines, textList, validIds, webUrl } from '../input/input-values.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { termIds, type AllowedTerms } from '../taxonomy/taxonomy-term-rules.js';
import type { SaveFreelancerProfileInput } from './profile-inputs.js';
import type { FreelancerProfile } from './profile-model.js';
import { ProfileStatus } from './profile-status.js';

const link = z.object({ label: text(1, 50), url: webUrl });

const optionalBoolean = z.boolean({ error: 'cannot be cleared' }).optional();

/** A validated change to a profile: undefined keeps a column, null clears it. */
export type ProfileChange = z.output<ReturnType<typeof profileSchema>>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseProfileInput(input: SaveFreelancerProfileInput, allowed: AllowedTerms): ProfileChange {
  return validateInput(profileSchema(allowed), input);
}

/** Returns the ids of terms in an input, without those that cannot exist. */
export function termIdsInProfileInput(input: SaveFreelancerProfileInput): string[] {
  return validIds(input.audienceIds, input.styleIds, input.genreIds, input.imageTagIds);
}

export function termIdsOfProfile(current: FreelancerProfile | null): string[] {
  return current === null
    ? []
    : [...current.audienceIds, ...current.styleIds, ...current.genreIds, ...current.imageTagIds];
}

/** Returns a problem for each field that a profile lacks to be submitted. */
export function missingFields(profile: RequiredFields): FieldProblem[] {
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
 * Keeps a profile that is public or under review complete: a required field cannot be cleared.
 * @throws BAD_USER_INPUT with each field that would be missing
 */
export function assertStaysComplete(before: FreelancerProfile, after: RequiredFields): void {
  if (!completeStatuses.includes(before.status)) return;
  const missing = missingFields(after).map(({ path }) => path);
  const message = `cannot be cleared while the profile is ${before.status}`;
  if (missing.length > 0) throw badInput(...missing.map((path) => ({ path: `input.${path}`, message })));
}

const completeStatuses = [ProfileStatus.SUBMITTED, ProfileStatus.UNDER_REVIEW, ProfileStatus.APPROVED];

function profileSchema(allowed: AllowedTerms) {
  return z.object({
    name: text(1, 100).optional(),
    pronouns: optionalText(50),
    summary: optionalLines(300),
    statement: optionalLines(5000),
    websiteLinks: boundedList(link, 10)
      .nullish()
      .transform((links) => (links === null ? [] : links)),
    currentLocations: textList(10, 100),
    pastLocations: textList(20, 100),
    audienceIds: termIds(10, [TaxonomyCategory.AUDIENCE], allowed),
    styleIds: termIds(15, [TaxonomyCategory.STYLE], allowed),
    genreIds: termIds(20, [TaxonomyCategory.GENRE], allowed),
    imageTagIds: termIds(30, [TaxonomyCategory.IMAGE_TAG], allowed),
    usesAi: optionalBoolean,
    aiDetails: optionalLines(1000),
    booksExcitedAbout: textList(20, 200),
    rateInfo: optionalLines(500),
    avatarId: z.string().nullish(),
    resumeId: z.string().nullish(),
    email: z.string().max(254, 'must have at most 254 characters').nullish(),
    hasAgent: optionalBoolean,
    agentDetails: optionalLines(500),
    employerDetails: optionalLines(500),
  });
}

type RequiredFields = Pick<
  FreelancerProfile,
  'name' | 'email' | 'currentLocations' | 'audienceIds' | 'styleIds' | 'statement'
>;
