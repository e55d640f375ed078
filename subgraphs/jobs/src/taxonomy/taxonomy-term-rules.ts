import { z } from 'zod';
import type { TaxonomyCategory, TaxonomyTerm } from './taxonomy-model.js';

/** What can be chosen: the terms that the input names, as they are stored, and the ids that are already in place. */
export interface Choice {
  terms: readonly TaxonomyTerm[];
  /** Terms that have become inactive since they were chosen may stay. */
  held: readonly string[];
}

/** A term of one of these categories. */
export function termId(categories: readonly TaxonomyCategory[], { terms, held }: Choice) {
  const known = new Map(terms.map((term) => [term.id, term]));
  const problemOf = (id: string) => {
    const term = known.get(id);
    if (!term || !categories.includes(term.category))
      return `"${id.slice(0, 100)}" is no ${categories.join(' or ')} term`;
    return term.isActive || held.includes(id) ? null : `"${term.label}" is not offered any more`;
  };
  return z.string({ error: 'cannot be cleared' }).transform((value, context) => {
    const lower = value.toLowerCase();
    const problem = problemOf(lower);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    return lower;
  });
}

/** Terms of these categories, each once; null empties the list. */
export function termIds(most: number, categories: readonly TaxonomyCategory[], choice: Choice) {
  return z
    .array(termId(categories, choice))
    .max(most, `must have at most ${most} entries`)
    .nullish()
    .transform((ids) => (ids === undefined ? undefined : [...new Set(ids)]));
}
