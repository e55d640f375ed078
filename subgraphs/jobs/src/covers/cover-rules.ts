import { badInput } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { type BookCover, type CoverContributor, ContributorKind } from './cover-model.js';
import type { CoverFilter, SaveBookCoverInput } from './cover-inputs.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { searchText, termSlugs } from '../input/filter-values.js';
import { optionalText, validIds, webUrl } from '../input/input-values.js';
import { type AllowedTerms, termIds } from '../taxonomy/taxonomy-term-rules.js';

/** Covers that can be asked for beside one. */
const maxRelated = 24;

const filter = z.object({ search: searchText, genres: termSlugs, audiences: termSlugs, visualTags: termSlugs });

/** What covers are narrowed by; null does not narrow. */
export type ParsedCoverFilter = z.output<typeof filter>;

/** What changes of a cover. */
export type CoverChange = Partial<Pick<BookCover, Exclude<keyof ParsedCover, 'contributors'>>>;

/** Who worked on a cover, in the order to name them. */
export type Contribution = Pick<CoverContributor, 'name' | 'kind' | 'profileId'>;

export function requireCoverAdmin(caller: Caller): UserCaller {
  return requireRole(caller, 'ADMIN');
}

/** @throws BAD_USER_INPUT with every problem */
export function parseCoverFilter(input: CoverFilter | null | undefined): ParsedCoverFilter {
  return validateInput(filter, input ?? {}, 'filter');
}

/** @throws BAD_USER_INPUT unless it is between 1 and 24 */
export function parseRelatedCount(first: number): number {
  if (first >= 1 && first <= maxRelated) return first;
  throw badInput({ path: 'first', message: `must be between 1 and ${maxRelated}, it was ${first}` });
}

/**
 * What of a cover changes, and who worked on it: a field that is left out stays.
 * @throws BAD_USER_INPUT with every problem
 */
export function parseCoverInput(
  input: SaveBookCoverInput,
  choice: AllowedCoverReferences,
): [CoverChange, Contribution[] | undefined] {
  const { contributors, ...values } = validateInput(coverSchema(choice), input);
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return [Object.fromEntries(given), contributors];
}

/** @throws BAD_USER_INPUT naming each thing that a new cover lacks */
export function requireNewCover(change: CoverChange): NewCover {
  const { title, author, imageId, ...rest } = change;
  if (title !== undefined && author !== undefined && imageId !== undefined) return { ...rest, title, author, imageId };
  const missing = Object.entries({ title, author, imageId }).filter(([, value]) => value === undefined);
  throw badInput(...missing.map(([name]) => ({ path: `input.${name}`, message: 'is needed for a new cover' })));
}

export type NewCover = CoverChange & Pick<BookCover, 'title' | 'author' | 'imageId'>;

/** The ids of terms that the input names, of which the store knows some. */
export function termIdsInCoverInput({ genreIds, audienceIds, visualTagIds }: SaveBookCoverInput): string[] {
  return validIds(genreIds, audienceIds, visualTagIds);
}

/** The ids of profiles that the input names, of which the store knows some. */
export function profileIdsInCoverInput({ contributors }: SaveBookCoverInput): string[] {
  return validIds(contributors?.flatMap(({ freelancerId }) => freelancerId ?? []));
}

export function termIdsOfCover(cover: BookCover | null): string[] {
  return cover === null ? [] : [...cover.genreIds, ...cover.audienceIds, ...cover.visualTagIds];
}

/** What can be chosen: terms, and the profiles of contributors. */
export interface AllowedCoverReferences extends AllowedTerms {
  profileIds: readonly string[];
}

type ParsedCover = z.output<ReturnType<typeof coverSchema>>;

function coverSchema(choice: AllowedCoverReferences) {
  const { GENRE, AUDIENCE, IMAGE_TAG } = TaxonomyCategory;
  return z.object({
    title: text(1, 200).optional(),
    subtitle: optionalText(200),
    author: text(1, 150).optional(),
    publisher: optionalText(150),
    imprint: optionalText(150),
    publishedOn: z
      .date()
      .transform((day) => day.toISOString().slice(0, 10))
      .nullish(),
    imageId: z.string({ error: 'cannot be cleared' }).optional(),
    externalUrl: webUrl.nullish(),
    genreIds: termIds(20, [GENRE], choice),
    audienceIds: termIds(20, [AUDIENCE], choice),
    visualTagIds: termIds(20, [IMAGE_TAG], choice),
    contributors: z
      .array(contributorSchema(choice))
      .max(20, 'must have at most 20 entries')
      .nullish()
      .transform(nullToEmpty),
  });
}

function contributorSchema({ profileIds }: AllowedCoverReferences) {
  const freelancerId = z
    .string()
    .toLowerCase()
    .refine((id) => profileIds.includes(id), { error: ({ input }) => `"${String(input)}" is no freelancer profile` });
  return z
    .object({ name: text(1, 100), kind: z.enum(ContributorKind), freelancerId: freelancerId.nullish() })
    .transform(({ name, kind, freelancerId: profileId = null }) => ({ name, kind, profileId }));
}

function nullToEmpty<Item>(items: Item[] | null | undefined): Item[] | undefined {
  return items === null ? [] : items;
}
