import { badInput } from '@marquee/chassis/errors/errors';
import { boundedList, validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { type BookCover, type CoverContributor, ContributorKind } from './cover-model.js';
import type { CoverFilter, SaveBookCoverInput } from './cover-inputs.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { searchText, termSlugs } from '../input/filter-values.js';
import { omitUndefined, optionalText, validIds, webUrl } from '../input/input-values.js';
import { type AllowedTerms, termIds } from '../taxonomy/taxonomy-term-rules.js';

/** The maximum number of related covers. */
const maxRelated = 24;

const filterSchema = z.object({ search: searchText, genres: termSlugs, audiences: termSlugs, visualTags: termSlugs });

/** A validated filter. Null does not restrict the list. */
export type ParsedCoverFilter = z.output<typeof filterSchema>;

/** The changed columns of a cover. */
export type CoverChange = Partial<Pick<BookCover, Exclude<keyof ParsedCover, 'contributors'>>>;

/** A contributor before it is stored with its cover and position. */
export type Contribution = Pick<CoverContributor, 'name' | 'kind' | 'profileId'>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseCoverFilter(input: CoverFilter | null | undefined): ParsedCoverFilter {
  return validateInput(filterSchema, input ?? {}, 'filter');
}

/** @throws BAD_USER_INPUT unless the number is between 1 and 24 */
export function parseRelatedCount(first: number): number {
  if (first >= 1 && first <= maxRelated) return first;
  throw badInput({ path: 'first', message: `must be between 1 and ${maxRelated}, it was ${first}` });
}

/**
 * Returns the changed columns, and the new list of contributors if there is one in the input.
 * @throws BAD_USER_INPUT with every invalid field
 */
export function parseCoverInput(
  input: SaveBookCoverInput,
  allowed: AllowedCoverReferences,
): [CoverChange, Contribution[] | undefined] {
  const { contributors, ...values } = validateInput(coverSchema(allowed), input);
  return [omitUndefined(values), contributors];
}

/** @throws BAD_USER_INPUT with each required field that a new cover lacks */
export function requireNewCover(change: CoverChange): NewCover {
  const { title, author, imageId, ...rest } = change;
  if (title !== undefined && author !== undefined && imageId !== undefined) return { ...rest, title, author, imageId };
  const missing = Object.entries({ title, author, imageId }).filter(([, value]) => value === undefined);
  throw badInput(...missing.map(([name]) => ({ path: `input.${name}`, message: 'is required for a new cover' })));
}

export type NewCover = CoverChange & Pick<BookCover, 'title' | 'author' | 'imageId'>;

/** Returns the ids of terms in an input, without those that cannot exist. */
export function termIdsInCoverInput({ genreIds, audienceIds, visualTagIds }: SaveBookCoverInput): string[] {
  return validIds(genreIds, audienceIds, visualTagIds);
}

/** Returns the ids of profiles in an input, without those that cannot exist. */
export function profileIdsInCoverInput({ contributors }: SaveBookCoverInput): string[] {
  return validIds(contributors?.flatMap(({ freelancerId }) => freelancerId ?? []));
}

export function termIdsOfCover(cover: BookCover | null): string[] {
  return cover === null ? [] : [...cover.genreIds, ...cover.audienceIds, ...cover.visualTagIds];
}

/** The terms and profiles that an input may refer to. */
export interface AllowedCoverReferences extends AllowedTerms {
  profileIds: readonly string[];
}

type ParsedCover = z.output<ReturnType<typeof coverSchema>>;

function coverSchema(allowed: AllowedCoverReferences) {
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
    genreIds: termIds(20, [GENRE], allowed),
    audienceIds: termIds(20, [AUDIENCE], allowed),
    visualTagIds: termIds(20, [IMAGE_TAG], allowed),
    contributors: boundedList(contributorSchema(allowed), 20).nullish().transform(nullToEmpty),
  });
}

function contributorSchema({ profileIds }: AllowedCoverReferences) {
  const freelancerId = z
    .string()
    .toLowerCase()
    .refine((id) => profileIds.includes(id), {
      error: ({ input }) => `"${String(input)}" is not the id of a freelancer profile`,
    });
  return z
    .object({ name: text(1, 100), kind: z.enum(ContributorKind), freelancerId: freelancerId.nullish() })
    .transform(({ name, kind, freelancerId: profileId = null }) => ({ name, kind, profileId }));
}

function nullToEmpty<Item>(items: Item[] | null | undefined): Item[] | undefined {
  return items === null ? [] : items;
}
