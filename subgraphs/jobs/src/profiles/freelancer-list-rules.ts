import { badInput } from '@marquee/chassis/errors/errors';
import { requireUser, type Caller } from '@marquee/chassis/identity/caller';
import { checked } from '@marquee/chassis/input/text';
import { decodeCursor } from '@marquee/chassis/paging/cursor';
import { z } from 'zod';
import { FreelancerSort } from './freelancer-list-inputs.js';
import type { SortedPage } from './freelancer-list-store.js';
import { relevancePlace } from './freelancer-relevance-store.js';
import { clearable } from '../input/input-values.js';
import { mustBeInternal } from '../access.js';

/** An empty list is one that nobody chose anything from: it does not narrow. */
const slugs = z
  .array(z.string())
  .max(50, 'must have at most 50 entries')
  .nullish()
  .transform((list) => (list && list.length > 0 ? list : null));

const filter = z.object({
  search: clearable(200).transform((words) => words ?? null),
  audiences: slugs,
  styles: slugs,
  genres: slugs,
  imageTags: slugs,
  location: clearable(100).transform((place) => place ?? null),
  usesAi: z.boolean().nullish(),
  favoritesOnly: z.boolean().nullish(),
  folderId: z.string().nullish(),
  hasAgent: z.boolean().nullish(),
});

/** What freelancers are narrowed by; null does not narrow. */
export type FreelancerNarrowing = z.output<typeof filter>;

/** @throws BAD_USER_INPUT with every problem */
export function freelancerNarrowing(input: object | null | undefined): FreelancerNarrowing {
  return checked(filter, input ?? {}, 'filter');
}

/** @throws UNAUTHENTICATED or FORBIDDEN when a filter asks for what this caller does not have or may not know */
export function mayNarrow(caller: Caller, { favoritesOnly, hasAgent }: FreelancerNarrowing): void {
  if (favoritesOnly) requireUser(caller);
  if (typeof hasAgent === 'boolean') mustBeInternal(caller);
}

/** @throws BAD_USER_INPUT when there is nothing to be relevant to */
export function sortOrder(sort: FreelancerSort | null | undefined, search: string | null): FreelancerSort {
  const order = sort ?? FreelancerSort.NEWEST;
  if (order !== FreelancerSort.RELEVANCE || search !== null) return order;
  throw badInput({ path: 'sort', message: 'RELEVANCE needs filter.search' });
}

/** @throws BAD_USER_INPUT for a cursor that is not one of this order */
export function placeAfter(cursor: string | null | undefined, sort: FreelancerSort): SortedPage['after'] {
  if (!cursor) return null;
  const [, value, id] = decodeCursor(cursor, z.tuple([z.literal(sort), values[sort], z.uuid()]));
  return [value, id];
}

/** What each order sorts by, before the id. */
const values = {
  NEWEST: z.literal(''),
  ALPHABETICAL: z.string().regex(/^[^\0]*$/),
  FEATURED: z.literal([0, 1]),
  RELEVANCE: z.string().regex(relevancePlace),
};
