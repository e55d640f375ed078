import { badInput } from '@marquee/chassis/errors/errors';
import { requireRole, type Caller, type UserCaller } from '@marquee/chassis/identity/caller';
import { checked, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { type BookCover, type CoverContributor, ContributorKind } from './cover-model.js';
import type { CoverFilter, SaveBookCoverInput } from './cover-inputs.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { searchWords, slugs } from '../input/filter-values.js';
import { clearable, storable, webAddress } from '../input/input-values.js';
import { type Choice, termIds } from '../taxonomy/taxonomy-term-rules.js';

/** Covers that can be asked for beside one. */
const mostRelated = 24;

const filter = z.object({ search: searchWords, genres: slugs, audiences: slugs, visualTags: slugs });

/** What covers are narrowed by; null does not narrow. */
export type CoverNarrowing = z.output<typeof filter>;

/** What changes of a cover. */
export type CoverChange = Partial<Pick<BookCover, Exclude<keyof Checked, 'contributors'>>>;

/** Who worked on a cover, in the order to name them. */
export type Contribution = Pick<CoverContributor, 'name' | 'kind' | 'profileId'>;

export function mustKeepCovers(caller: Caller): UserCaller {
  return requireRole(caller, 'ADMIN');
}

/** @throws BAD_USER_INPUT with every problem */
export function coverNarrowing(input: CoverFilter | null | undefined): CoverNarrowing {
  return checked(filter, input ?? {}, 'filter');
}

/** @throws BAD_USER_INPUT unless it is between 1 and 24 */
export function relatedCount(first: number): number {
  if (first >= 1 && first <= mostRelated) return first;
  throw badInput({ path: 'first', message: `must be between 1 and ${mostRelated}, it was ${first}` });
}

/**
 * What of a cover changes, and who worked on it: a field that is left out stays.
 * @throws BAD_USER_INPUT with every problem
 */
export function coverChange(input: SaveBookCoverInput, choice: CoverChoice): [CoverChange, Contribution[] | undefined] {
  const { contributors, ...values } = checked(cover(choice), input);
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return [Object.fromEntries(given), contributors];
}

/** @throws BAD_USER_INPUT naming each thing that a new cover lacks */
export function mustBeWhole(change: CoverChange): NewCover {
  const { title, author, imageId, ...rest } = change;
  if (title !== undefined && author !== undefined && imageId !== undefined) return { ...rest, title, author, imageId };
  const missing = Object.entries({ title, author, imageId }).filter(([, value]) => value === undefined);
  throw badInput(...missing.map(([name]) => ({ path: `input.${name}`, message: 'is needed for a new cover' })));
}

export type NewCover = CoverChange & Pick<BookCover, 'title' | 'author' | 'imageId'>;

/** The ids of terms that the input names, of which the store knows some. */
export function termsOnCover({ genreIds, audienceIds, visualTagIds }: SaveBookCoverInput): string[] {
  return storable(genreIds, audienceIds, visualTagIds);
}

/** The ids of profiles that the input names, of which the store knows some. */
export function profilesOnCover({ contributors }: SaveBookCoverInput): string[] {
  return storable(contributors?.flatMap(({ freelancerId }) => freelancerId ?? []));
}

export function termsHeldByCover(cover: BookCover | null): string[] {
  return cover === null ? [] : [...cover.genreIds, ...cover.audienceIds, ...cover.visualTagIds];
}

/** What can be chosen: terms, and the profiles of contributors. */
export interface CoverChoice extends Choice {
  profileIds: readonly string[];
}

type Checked = z.output<ReturnType<typeof cover>>;

function cover(choice: CoverChoice) {
  const { GENRE, AUDIENCE, IMAGE_TAG } = TaxonomyCategory;
  return z.object({
    title: text(1, 200).optional(),
    subtitle: clearable(200),
    author: text(1, 150).optional(),
    publisher: clearable(150),
    imprint: clearable(150),
    publishedOn: z
      .date()
      .transform((day) => day.toISOString().slice(0, 10))
      .nullish(),
    imageId: z.string({ error: 'cannot be cleared' }).optional(),
    externalUrl: webAddress.nullish(),
    genreIds: termIds(20, [GENRE], choice),
    audienceIds: termIds(20, [AUDIENCE], choice),
    visualTagIds: termIds(20, [IMAGE_TAG], choice),
    contributors: z.array(contributor(choice)).max(20, 'must have at most 20 entries').nullish().transform(emptied),
  });
}

function contributor({ profileIds }: CoverChoice) {
  const freelancerId = z
    .string()
    .toLowerCase()
    .refine((id) => profileIds.includes(id), { error: ({ input }) => `"${String(input)}" is no freelancer profile` });
  return z
    .object({ name: text(1, 100), kind: z.enum(ContributorKind), freelancerId: freelancerId.nullish() })
    .transform(({ name, kind, freelancerId: profileId = null }) => ({ name, kind, profileId }));
}

function emptied<Item>(items: Item[] | null | undefined): Item[] | undefined {
  return items === null ? [] : items;
}
