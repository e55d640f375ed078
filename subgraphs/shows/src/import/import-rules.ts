import { badInput, type FieldProblem } from '@marquee/chassis/errors/errors';
import type { NewShow } from '../shows/show-row.js';
import { checkNewShow } from '../shows/show-rules.js';

const maxItems = 1000;

/** An item of an import after validation. */
export type ValidatedItem =
  | { outcome: 'valid'; show: NewShow }
  | { outcome: 'duplicate'; slug: string }
  | { outcome: 'invalid'; fields: FieldProblem[] };

/**
 * Validates each item on its own. Of several items with the same slug, the first valid one is used.
 * @throws BAD_USER_INPUT for no items and for more than 1000
 */
export function validateImport(items: readonly object[], addedById: string | null): ValidatedItem[] {
  if (items.length < 1 || items.length > maxItems)
    throw badInput({ path: 'input.payload', message: `must have 1 to ${maxItems} items, it has ${items.length}` });
  const slugs = new Set<string>();
  return items.map((item): ValidatedItem => {
    const { problems, value } = checkNewShow(item as Record<string, unknown>);
    if (problems) return { outcome: 'invalid', fields: problems };
    if (slugs.has(value.slug)) return { outcome: 'duplicate', slug: value.slug };
    slugs.add(value.slug);
    return { outcome: 'valid', show: { ...value, addedById } };
  });
}
