import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type ObjectValueNode,
  visit,
} from 'graphql';

/** An argument of `@fromContext`. */
export interface ContextArgument {
  name: string;
  /** The type with the field that provides the value. */
  type: string;
  field: string;
}

/** The `@fromContext` arguments of a field, from the directives of the supergraph. */
export function contextArguments(
  schema: GraphQLSchema,
  { parentType, fieldName }: GraphQLResolveInfo,
): readonly ContextArgument[] {
  return contextFields(schema).get(`${parentType.name}.${fieldName}`) ?? [];
}

/** Whether a document selects a field with `@fromContext`. */
export function selectsContextField(supergraph: GraphQLSchema, document: DocumentNode): boolean {
  const names = new Set([...contextFields(supergraph).keys()].map((coordinate) => coordinate.split('.')[1]));
  let isSelected = false;
  if (names.size > 0) visit(document, { Field: ({ name }) => void (isSelected ||= names.has(name.value)) });
  return isSelected;
}

/** By field, the fields with such arguments. */
const contextFields = memoizeWeak((schema: GraphQLSchema): ReadonlyMap<string, readonly ContextArgument[]> => {
  const found = new Map<string, readonly ContextArgument[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const given = readArguments(schema, field);
      if (given.length > 0) found.set(`${type.name}.${field.name}`, given);
    }
  }
  return found;
});

function readArguments(schema: GraphQLSchema, { astNode }: GraphQLField<unknown, unknown>): ContextArgument[] {
  const lists = (astNode?.directives ?? []).flatMap(({ arguments: given = [] }) =>
    given.filter((one) => one.name.value === 'contextArguments'),
  );
  const written = lists.flatMap(({ value }) => (value.kind === Kind.LIST ? value.values : []));
  return written
    .filter((one): one is ObjectValueNode & typeof one => one.kind === Kind.OBJECT)
    .map((one) => ({
      name: textIn(one, 'name'),
      type: contextType(schema, textIn(one, 'context')),
      field: textIn(one, 'selection').replace(/\W/g, ''),
    }));
}

function contextType(schema: GraphQLSchema, context: string): string {
  const types = Object.values(schema.getTypeMap());
  const marks = types.filter(({ astNode }) =>
    astNode?.directives?.some(({ arguments: given = [] }) =>
      given.some(({ value }) => value.kind === Kind.STRING && value.value === context),
    ),
  );
  return marks[0]?.name ?? '';
}

function textIn({ fields }: ObjectValueNode, name: string): string {
  const value = fields.find((field) => field.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}
