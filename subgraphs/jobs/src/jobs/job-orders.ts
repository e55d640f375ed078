import { z } from 'zod';
import { byTitle, type CursorValue, isAfterYearZero, type ListOrder, type SortValue } from '../paging/list-order.js';
import { JobSort } from './job-inputs.js';
import type { Job } from './job-model.js';
import { relevance, type RelevantJob } from './job-relevance-store.js';

const publishedAt: SortValue<Job> = {
  ofRow: (alias) => `${alias}.published_at`,
  ofCursor: (parameter) => `cast(${parameter} as timestamptz)`,
  inCursor: (job) => job.publishedAt?.toISOString() ?? '',
  shape: z.iso.datetime().refine(isAfterYearZero),
};

/** Jobs without a deadline are last. */
const deadline: SortValue<Job> = {
  ofRow: (alias) => `coalesce(${alias}.closes_at, 'infinity')`,
  ofCursor: (parameter) => `cast(${parameter} as timestamptz)`,
  inCursor: ({ closesAt }) => closesAt?.toISOString() ?? 'infinity',
  shape: z.union([z.literal('infinity'), z.iso.datetime().refine(isAfterYearZero)]),
};

/** The orders of public jobs in which the database lists them. The first is the usual one. */
export const jobOrders: Readonly<Record<Exclude<JobSort, JobSort.RELEVANCE>, ListOrder<Job>>> = {
  [JobSort.NEWEST]: { direction: 'DESC', value: publishedAt },
  [JobSort.OLDEST]: { direction: 'ASC', value: publishedAt },
  [JobSort.DEADLINE]: { direction: 'ASC', value: deadline },
  [JobSort.ALPHABETICAL]: byTitle,
};

/** The values in the cursors of each order. */
export const jobCursors: Readonly<Record<JobSort, { value?: CursorValue<RelevantJob> }>> = {
  ...jobOrders,
  [JobSort.RELEVANCE]: { value: relevance },
};
