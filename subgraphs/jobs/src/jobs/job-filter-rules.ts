import { checked } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { searchWords, slugs } from '../input/filter-values.js';
import type { JobFilter } from './job-inputs.js';

const filter = z.object({
  search: searchWords,
  projectTypes: slugs,
  genres: slugs,
  audiences: slugs,
  showSlug: z
    .string()
    .nullish()
    .transform((slug) => slug ?? null),
});

/** What jobs are narrowed by; null does not narrow. */
export type JobNarrowing = z.output<typeof filter>;

/** @throws BAD_USER_INPUT with every problem */
export function jobNarrowing(input: JobFilter | null | undefined): JobNarrowing {
  return checked(filter, input ?? {}, 'filter');
}
