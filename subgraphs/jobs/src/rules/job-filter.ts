import { checked, text } from '@marquee/chassis/input/text';
import { z } from 'zod';

/** An empty list is one that nobody chose anything from: it does not narrow. */
const slugs = z
  .array(z.string())
  .max(50, 'must be at most 50')
  .nullish()
  .transform((list) => (list?.length ? list : null));

const filter = z.object({
  search: text(0, 200)
    .nullish()
    .transform((words) => words || null),
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
export function jobNarrowing(input: object | null | undefined): JobNarrowing {
  return checked(filter, input ?? {}, 'filter');
}
