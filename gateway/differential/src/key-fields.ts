import { type FieldNode, type GraphQLSchema, Kind, parse, type SelectionSetNode } from 'graphql';

/** Whether a field is part of a key of its type. */
export type IsKey = (type: string, field: string) => boolean;

/** Finds the fields of all keys of a supergraph, including nested ones as in `organization { id }`. */
export function findKeyFields(supergraph: GraphQLSchema): IsKey {
  const fields = new Set<string>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    for (const { name, arguments: args = [] } of type.astNode?.directives ?? []) {
      const key = args.find((one) => one.name.value === 'key')?.value;
      if (name.value !== 'join__type' || key?.kind !== Kind.STRING) continue;
      addKey(supergraph, type.name, parseKey(key.value), fields);
    }
  }
  return (type, field) => fields.has(`${type}.${field}`);
}

function parseKey(key: string): SelectionSetNode {
  const [definition] = parse(`{ ${key} }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`"${key}" is not a selection of key fields.`);
  return definition.selectionSet;
}

function addKey(schema: GraphQLSchema, type: string, set: SelectionSetNode, fields: Set<string>): void {
  for (const selection of set.selections) {
    if (selection.kind !== Kind.FIELD) continue;
    fields.add(`${type}.${selection.name.value}`);
    if (selection.selectionSet) addKey(schema, typeOf(schema, type, selection), selection.selectionSet, fields);
  }
}

function typeOf(schema: GraphQLSchema, parentType: string, { name }: FieldNode): string {
  const parent = schema.getType(parentType);
  const field = parent && 'getFields' in parent ? parent.getFields()[name.value] : undefined;
  return field ? String(field.type).replace(/[[\]!]/g, '') : '';
}
