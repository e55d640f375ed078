import { text } from '@marquee/chassis/input/text';
import { z } from 'zod';

/** A search text. Blank text becomes null, which does not restrict a list. */
export const searchText = text(0, 200)
  .nullish()
  .transform((words) => (words === '' ? null : (words ?? null)));

/** Slugs of terms, any of which may match. An empty list becomes null, which does not restrict a list. */
export const termSlugs = z
  .array(text(0, 60))
  .max(50, 'must have at most 50 entries')
  .nullish()
  .transform((list) => (list?.length ? list : null));
