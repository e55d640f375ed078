import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  validate,
} from 'graphql';
import type { Dice } from './dice.js';
import { type Draft, emptyDraft } from './draft.js';
import { rootField, selectionSet } from './selections.js';
import { removeUnused } from './remove-unused.js';

/** A valid operation with values for its variables. */
export interface GeneratedOperation {
  document: DocumentNode;
  variables: Record<string, unknown>;
}

/** Generates an operation of a type that the schema has. */
export function generateOperation(schema: GraphQLSchema, dice: Dice, kind: OperationTypeNode): GeneratedOperation {
  if (dice.chance(12)) {
    const conflicting = write(emptyDraft(schema, dice, true), kind);
    if (validate(schema, conflicting.document).length === 0) return conflicting;
  }
  return write(emptyDraft(schema, dice, false), kind);
}

function write(draft: Draft, kind: OperationTypeNode): GeneratedOperation {
  const selections = rootSelections(draft, kind);
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: kind,
    variableDefinitions: draft.variables.map(({ definition }) => definition),
    selectionSet: selections,
  };
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...draft.fragments] };
  return removeUnused({ document, variables: draft.values });
}

function rootSelections(draft: Draft, kind: OperationTypeNode): SelectionSetNode {
  const { schema, dice } = draft;
  const type = schema.getRootType(kind);
  if (!type) throw new Error(`The schema has no ${kind} type.`);
  if (kind === OperationTypeNode.SUBSCRIPTION) {
    return { kind: Kind.SELECTION_SET, selections: [rootField(draft, type)] };
  }
  const set = selectionSet(draft, type);
  if (kind !== OperationTypeNode.QUERY || !dice.chance(3)) return set;
  return { ...set, selections: [...set.selections, dice.pick(introspections)] };
}

/** Introspection fields, which are resolved without subgraphs. */
const introspections: readonly SelectionNode[] = parse(
  `{
    shape: __schema { queryType { name fields { name type { kind ofType { name } } } } }
    __type(name: "Query") { kind name possibleTypes { name } }
    nothing: __type(name: "Nobody") { name }
  }`,
  { noLocation: true },
).definitions.flatMap((one) => ('operation' in one ? one.selectionSet.selections : []));
