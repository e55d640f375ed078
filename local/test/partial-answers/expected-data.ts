import { readFile } from 'node:fs/promises';
import {
  type DocumentNode,
  type FieldNode,
  getNullableType,
  getOperationAST,
  type GraphQLObjectType,
  getNamedType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';
import { schemaFile } from '../fixtures/whole-graph.js';

/** The services that resolve a field, by `Type.field`; a field that is not in the map can be resolved by any. */
export type FieldOwners = ReadonlyMap<string, string>;

type Json = Readonly<Record<string, unknown>>;

/**
 * The data of an operation while a service is unavailable: its complete data without the fields of that service. Such a
 * field is null; in a non-null position the entity that it belongs to is null.
 * @param nullsInPlace whether nulls stay in their place: `onError: "NULL"`
 */
export function dataWithout(
  service: string,
  data: unknown,
  document: DocumentNode,
  { schema, owners, nullsInPlace }: { schema: GraphQLSchema; owners: FieldOwners; nullsInPlace: boolean },
): unknown {
  const operation = getOperationAST(document)!;
  return objectWithout(data as Json, fieldsOf(operation.selectionSet), schema.getRootType(operation.operation)!);

  function objectWithout(object: Json, fields: readonly FieldNode[], type: GraphQLObjectType): Json | null {
    const kept: Record<string, unknown> = {};
    for (const field of fields) {
      const { name, type: fieldType } = type.getFields()[field.name.value]!;
      const value =
        owners.get(`${type.name}.${name}`) === service ? null : valueWithout(object[name], field, fieldType);
      if (value === null && isNonNullType(fieldType) && !nullsInPlace) return null;
      kept[name] = value;
    }
    return kept;
  }

  function valueWithout(value: unknown, field: FieldNode, fieldType: Parameters<typeof getNamedType>[0]): unknown {
    const named = getNamedType(fieldType);
    if (value === null || !isObjectType(named)) return value;
    const fields = fieldsOf(field.selectionSet);
    if (!Array.isArray(value)) return objectWithout(value as Json, fields, named);
    const items = value.map((item) => (item === null ? null : objectWithout(item as Json, fields, named)));
    const list = getNullableType(fieldType);
    const strict = isListType(list) && isNonNullType(list.ofType);
    return strict && !nullsInPlace && items.includes(null) ? null : items;
  }
}

/** The owners of fields from the `join__field` directives of the supergraph. */
export async function fieldOwners(): Promise<FieldOwners> {
  const owners = new Map<string, string>();
  for (const type of parse(await readFile(schemaFile('supergraph'), 'utf8')).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const services = (type.directives ?? []).filter(({ name }) => name.value === 'join__type').map(graphOf);
    for (const { name, directives = [] } of type.fields ?? []) {
      const joins = directives.filter((directive) => directive.name.value === 'join__field').map(graphOf);
      const [owner, ...others] = joins.length === 0 ? services : joins;
      if (owner && others.length === 0) owners.set(`${type.name.value}.${name.value}`, owner);
    }
  }
  return owners;
}

function graphOf({
  arguments: args = [],
}: {
  arguments?: readonly { name: { value: string }; value: object }[] | undefined;
}): string {
  const value = args.find(({ name }) => name.value === 'graph')?.value as { value?: string } | undefined;
  return (value?.value ?? '').toLowerCase();
}

/** The examples use no fragments. */
function fieldsOf(set: FieldNode['selectionSet']): FieldNode[] {
  return (set?.selections ?? []).filter((one) => one.kind === Kind.FIELD);
}
