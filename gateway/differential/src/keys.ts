import { type FieldNode, type GraphQLSchema, Kind, parse, type SelectionSetNode } from 'graphql';

/** Whether a field is part of a key of its type. */
export type IsKey = (type: string, field: string) => boolean;

/** Reads from the supergraph which fields are parts of keys, those within `organization { id }` too. */
export function keyFields(supergraph: GraphQLSchema): IsKey {
  const known = new Set<string>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    for (const { name, arguments: args = [] } of type.astNode?.directives ?? []) {
      const key = args.find((one) => one.name.value === 'key')?.value;
      if (name.value !== 'join__type' || key?.kind !== Kind.STRING) continue;
      note(supergraph, type.name, selections(key.value), known);
    }
  }
  return (type, field) => known.has(`${type}.${field}`);
}

function selections(key: string): SelectionSetNode {
  const [definition] = parse(`{ ${key} }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`not a key: ${key}`);
  return definition.selectionSet;
}

function note(schema: GraphQLSchema, type: string, set: SelectionSetNode, known: Set<string>): void {
  for (const selection of set.selections) {
    if (selection.kind !== Kind.FIELD) continue;
    known.add(`${type}.${selection.name.value}`);
    if (selection.selectionSet) note(schema, returned(schema, type, selection), selection.selectionSet, known);
  }
}

function returned(schema: GraphQLSchema, type: string, { name }: FieldNode): string {
  const parent = schema.getType(type);
  const field = parent && 'getFields' in parent ? parent.getFields()[name.value] : undefined;
  return field ? String(field.type).replace(/[[\]!]/g, '') : '';
}
