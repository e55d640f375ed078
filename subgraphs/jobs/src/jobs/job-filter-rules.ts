import { validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { searchText, termSlugs } from '../input/filter-values.js';
import type { JobFilter } from './job-inputs.js';

const filter = z.object({
  search: searchText,
  projectTypes: termSlugs,
  genres: termSlugs,
  audiences: termSlugs,
  showSlug: z
    .string()
    .nullish()
    .transform((slug) => slug ?? null),
});

/** What jobs are narrowed by; null does not narrow. */
export type ParsedJobFilter = z.output<typeof filter>;

/** @throws BAD_USER_INPUT with every problem */
export function parseJobFilter(input: JobFilter | null | undefined): ParsedJobFilter {
  return validateInput(filter, input ?? {}, 'filter');
}
