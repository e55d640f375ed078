import { boundedList, text } from '@marquee/chassis/input/text';

/** A search text. Blank text becomes null, which does not restrict a list. */
export const searchText = text(0, 200)
  .nullish()
  .transform((words) => (words === '' ? null : (words ?? null)));

/** Slugs of terms, any of which may match. An empty list becomes null, which does not restrict a list. */
export const termSlugs = boundedList(text(0, 60), 50)
  .nullish()
  .transform((list) => (list?.length ? list : null));
