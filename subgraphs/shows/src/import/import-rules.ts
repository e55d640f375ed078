import { badInput, type FieldProblem } from '@marquee/chassis/errors/errors';
import type { NewShow } from '../shows/show-row.js';
import { checkNewShow } from '../shows/show-rules.js';

const mostItems = 1000;

/** What is to be done with one item of an import. */
export type ValidatedItem =
  | { verdict: 'add'; show: NewShow }
  | { verdict: 'repeated'; slug: string }
  | { verdict: 'invalid'; fields: FieldProblem[] };

/**
 * Judges every item for itself. Of items with the same slug the first one that is valid counts.
 * @throws BAD_USER_INPUT when there is no item or there are more than 1000
 */
export function validateImport(items: readonly object[], addedById: string | null): ValidatedItem[] {
  if (items.length < 1 || items.length > mostItems)
    throw badInput({ path: 'input.payload', message: `must have 1 to ${mostItems} items, it has ${items.length}` });
  const taken = new Set<string>();
  return items.map((item): ValidatedItem => {
    const { problems, value } = checkNewShow(item as Record<string, unknown>);
    if (problems) return { verdict: 'invalid', fields: problems };
    if (taken.has(value.slug)) return { verdict: 'repeated', slug: value.slug };
    taken.add(value.slug);
    return { verdict: 'add', show: { ...value, addedById } };
  });
}
