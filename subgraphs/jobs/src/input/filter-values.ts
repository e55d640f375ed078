import { text } from '@marquee/chassis/input/text';
import { z } from 'zod';

/** What to search for; null for nothing. */
export const searchWords = text(0, 200)
  .nullish()
  .transform((words) => (words === '' ? null : (words ?? null)));

/** Slugs of terms, any of them. An empty list is one that nobody chose anything from: it does not narrow. */
export const slugs = z
  .array(z.string())
  .max(50, 'must have at most 50 entries')
  .nullish()
  .transform((list) => (list?.length ? list : null));
