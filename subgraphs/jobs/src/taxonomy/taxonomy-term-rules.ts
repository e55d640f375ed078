import { z } from 'zod';
import type { TaxonomyCategory, TaxonomyTerm } from './taxonomy-model.js';

/** The terms that an input may refer to. */
export interface AllowedTerms {
  /** The stored terms with the ids in the input. */
  terms: readonly TaxonomyTerm[];
  /** The ids that the row already has. They remain valid when their term has become inactive since. */
  currentIds: readonly string[];
}

/** The id of a term of one of these categories. */
export function termId(categories: readonly TaxonomyCategory[], { terms, currentIds }: AllowedTerms) {
  const known = new Map(terms.map((term) => [term.id, term]));
  const problemOf = (id: string) => {
    const term = known.get(id);
    if (!term || !categories.includes(term.category))
      return `"${id.slice(0, 100)}" is not the id of a term of the category ${categories.join(' or ')}`;
    return term.isActive || currentIds.includes(id) ? null : `"${term.label}" is inactive`;
  };
  return z.string({ error: 'cannot be cleared' }).transform((value, context) => {
    const lower = value.toLowerCase();
    const problem = problemOf(lower);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    return lower;
  });
}

/** Ids of terms of these categories, without duplicates. Null becomes an empty list. */
export function termIds(maxEntries: number, categories: readonly TaxonomyCategory[], allowed: AllowedTerms) {
  return z
    .array(termId(categories, allowed))
    .max(maxEntries, `must have at most ${maxEntries} entries`)
    .nullish()
    .transform((ids) => (ids === undefined ? undefined : [...new Set(ids)]));
}
