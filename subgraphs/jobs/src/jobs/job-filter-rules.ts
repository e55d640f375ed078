import { text, validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { searchText, termSlugs } from '../input/filter-values.js';
import type { JobFilter } from './job-inputs.js';

const filterSchema = z.object({
  search: searchText,
  projectTypes: termSlugs,
  genres: termSlugs,
  audiences: termSlugs,
  showSlug: text(0, 200)
    .nullish()
    .transform((slug) => slug ?? null),
});

/** A validated filter. Null does not restrict the list. */
export type ParsedJobFilter = z.output<typeof filterSchema>;

/** @throws BAD_USER_INPUT with every invalid field */
export function parseJobFilter(input: JobFilter | null | undefined): ParsedJobFilter {
  return validateInput(filterSchema, input ?? {}, 'filter');
}
