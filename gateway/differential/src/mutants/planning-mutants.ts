import type { MutantRow } from './mutants.js';

/** Errors in the document that is planned, and in the correction of plans. */
export const planningMutants: readonly MutantRow[] = [
  [
    'aliases are never renamed',
    'planner/alias-rewriter.js',
    'if (this.#aliases.has(key)) return;',
    'if (key !== undefined) return;',
    'simple-keys',
    'unions',
  ],
  [
    'the names in the paths of errors are not restored',
    'planner/alias-rewriter.js',
    "typeof step === 'string' ? this.originalName(step) : step",
    'step',
    'simple-keys',
    'unions',
  ],
  [
    'fields of exclusive types share a name',
    'planner/alias-rewriter.js',
    'findExclusiveFields(schema, document);',
    '[];',
    'lists',
  ],
  [
    'a mutation whose fields are all conditional is dropped',
    'planner/planner-document.js',
    'return { ...node, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, typename] } };',
    'return undefined;',
    'mutations',
  ],
  [
    'the conditions of dependent fields are left to the planner',
    'planner/conditional-plans.js',
    'if (variables.length === 0) return plan(document);',
    'if (variables.length >= 0) return plan(document);',
    'requires',
    'chained-requires',
  ],
  [
    'mutations in fragments are left to the planner',
    'planner/flatten-mutations.js',
    'if (isFlat)',
    'if (isFlat || document)',
    'mutations',
  ],
  [
    'a mutation runs once for each of its conditions',
    'planner/repeated-mutations.js',
    'if (selectionSet.selections.length < 2)',
    'if (selectionSet)',
    'mutations',
  ],
];
