import { z } from 'zod';
import { byTitle, isAfterYearZero, type ListOrder, type SortValue } from '../paging/list-order.js';
import { CoverSort } from './cover-inputs.js';
import type { BookCover } from './cover-model.js';

/** Books without a date are last, because this order is descending. */
const publishedOn: SortValue<BookCover> = {
  ofRow: (alias) => `coalesce(${alias}.published_on, '-infinity')`,
  ofCursor: (parameter) => `cast(${parameter} as date)`,
  inCursor: (cover) => cover.publishedOn ?? '-infinity',
  shape: z.union([z.literal('-infinity'), z.iso.date().refine(isAfterYearZero)]),
};

/** The orders of covers. The first is the usual one. */
export const coverOrders: Readonly<Record<CoverSort, ListOrder<BookCover>>> = {
  [CoverSort.NEWEST]: { direction: 'DESC' },
  [CoverSort.OLDEST]: { direction: 'ASC' },
  [CoverSort.PUBLICATION]: { direction: 'DESC', value: publishedOn },
  [CoverSort.ALPHABETICAL]: byTitle,
};
