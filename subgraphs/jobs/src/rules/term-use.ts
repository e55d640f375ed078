import type { FieldProblem } from '@marquee/chassis/errors/errors';
import type { TaxonomyCategory, TaxonomyTerm } from '../model/taxonomy-term.js';

/** The terms that a field of an input names. */
export interface TermUse {
  path: string;
  category: TaxonomyCategory;
  ids: readonly string[];
}

/**
 * What is wrong with the terms of an input: each has to be one of its field's category. An inactive one is offered
 * no more, but stays where it was used.
 *
 * @param found the terms with these ids, as far as there are any
 * @param kept ids that were there before
 */
export function termProblems(
  uses: readonly TermUse[],
  found: readonly TaxonomyTerm[],
  kept: readonly string[] = [],
): FieldProblem[] {
  const terms = new Map(found.map((term) => [term.id, term]));
  return uses.flatMap(({ path, category, ids }) =>
    ids
      .filter((id) => {
        const term = terms.get(id);
        return term?.category !== category || !(term.isActive || kept.includes(id));
      })
      .map((id) => ({ path, message: `"${id}" is no term of the category ${category} that can be chosen` })),
  );
}
