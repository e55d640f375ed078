import { type ASTNode, type GraphQLSchema, Kind, print, validate, visit } from 'graphql';
import { nameNode } from './draft.js';
import type { GeneratedOperation } from './generate-operation.js';
import { removeUnused } from './remove-unused.js';

/** Valid operations without one selection, directive, argument or variable value, in document order. */
export function* smallerOperations(
  schema: GraphQLSchema,
  operation: GeneratedOperation,
): Generator<GeneratedOperation> {
  const whole = print(operation.document);
  for (const node of removable(operation)) {
    const smaller = removeUnused({ ...operation, document: without(operation.document, node) });
    if (print(smaller.document) === whole) continue;
    if (validate(schema, smaller.document).length === 0) yield smaller;
  }
  for (const name of Object.keys(operation.variables)) {
    const { [name]: _, ...variables } = operation.variables;
    if (isOptional(operation, name)) yield { ...operation, variables };
  }
}

const kinds: readonly string[] = [
  Kind.FRAGMENT_SPREAD,
  Kind.INLINE_FRAGMENT,
  Kind.FIELD,
  Kind.DIRECTIVE,
  Kind.ARGUMENT,
  Kind.OBJECT_FIELD,
];

function removable({ document }: GeneratedOperation): ASTNode[] {
  const found: ASTNode[] = [];
  visit(document, {
    enter(node) {
      if (kinds.includes(node.kind)) found.push(node);
    },
  });
  return found;
}

/** Removes a node. Empty selection sets are filled with `__typename`. */
function without(document: GeneratedOperation['document'], removed: ASTNode): GeneratedOperation['document'] {
  return visit(document, {
    enter: (node) => (node === removed ? null : undefined),
    SelectionSet: {
      leave: (set) => (set.selections.length > 0 ? undefined : { ...set, selections: [typename] }),
    },
  });
}

const typename = { kind: Kind.FIELD, name: nameNode('__typename') } as const;

function isOptional({ document }: GeneratedOperation, name: string): boolean {
  return document.definitions.some(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION &&
      one.variableDefinitions?.some(
        ({ variable, type, defaultValue }) =>
          variable.name.value === name && (type.kind !== Kind.NON_NULL_TYPE || defaultValue !== undefined),
      ) === true,
  );
}
