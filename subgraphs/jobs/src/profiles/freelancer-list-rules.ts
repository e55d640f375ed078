import { requireUser, type Caller } from '@marquee/chassis/identity/caller';
import { validateInput } from '@marquee/chassis/input/text';
import { type PageArgs, parsePage } from '@marquee/chassis/paging/relay-connection';
import { z } from 'zod';
import { requireStaff } from '../access.js';
import { searchText, termSlugs } from '../input/filter-values.js';
import { optionalText } from '../input/input-values.js';
import { filterDigest } from '../paging/sorted-connection.js';
import type { FreelancerSort } from './freelancer-list-inputs.js';
import type { SortedPage } from './freelancer-list-store.js';
import { relevanceCursorFormat } from './freelancer-relevance-store.js';

const filterSchema = z.object({
  search: searchText,
  audiences: termSlugs,
  styles: termSlugs,
  genres: termSlugs,
  imageTags: termSlugs,
  location: optionalText(100).transform((location) => location ?? null),
  usesAi: z.boolean().nullish(),
  favoritesOnly: z.boolean().nullish(),
  folderId: z.string().nullish(),
  hasAgent: z.boolean().nullish(),
});

/** A validated filter. Null or undefined does not restrict the list. */
export type ParsedFreelancerFilter = z.output<typeof filterSchema>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseFreelancerFilter(input: object | null | undefined): ParsedFreelancerFilter {
  return validateInput(filterSchema, input ?? {}, 'filter');
}

/** @throws UNAUTHENTICATED or FORBIDDEN if a filter needs favourites or staff rights that the caller does not have */
export function assertFilterAllowed(caller: Caller, { favoritesOnly, hasAgent }: ParsedFreelancerFilter): void {
  if (favoritesOnly) requireUser(caller);
  if (typeof hasAgent === 'boolean') requireStaff(caller);
}

/** Identifies a list in its cursors. */
export function listName(sort: FreelancerSort, filter: ParsedFreelancerFilter): string {
  return `${sort} ${filterDigest(filter)}`.trim();
}

/**
 * @param list the name of the list
 * @throws BAD_USER_INPUT for an invalid size, and for a cursor that is not from this list
 */
export function parseSortedPage(args: PageArgs, sort: FreelancerSort, list: string): SortedPage {
  const { after, before, ...page } = parsePage(args, z.tuple([z.literal(list), sortValues[sort], z.uuid()]));
  return { ...page, sort, after: after && [after[1], after[2]], before: before && [before[1], before[2]] };
}

/** The sort value in the cursors of each sort order. */
const sortValues = {
  NEWEST: z.literal(''),
  ALPHABETICAL: z.string().regex(/^[^\0]*$/),
  FEATURED: z.literal([0, 1]),
  RELEVANCE: z.string().regex(relevanceCursorFormat),
};
