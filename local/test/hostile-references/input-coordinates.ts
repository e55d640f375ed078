import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isCompositeType,
} from 'graphql';

/** A place where a client passes an id: an argument of a root field, or a field of an input type below one. */
export interface IdInput {
  /** `Query.job(id:)` or `DraftJobInput.showSlug`. */
  coordinate: string;
  /** The root field through which it is passed. */
  root: GraphQLField<unknown, unknown>;
  operation: 'query' | 'mutation' | 'subscription';
  /** The names from the argument down to the value. */
  path: readonly string[];
}

/** Names of texts that identify an entity although they have another type than ID. */
const keyNames = new Set(['slug', 'handle', 'after', 'before']);

/** All places of the public schema where a client passes an id, each with one root field. */
export function idInputs(schema: GraphQLSchema): IdInput[] {
  const found = new Map<string, IdInput>();
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  for (const [operation, type] of Object.entries(roots))
    for (const root of Object.values(type?.getFields() ?? {}))
      for (const argument of root.args) {
        const add = (coordinate: string, path: readonly string[]) => {
          if (!found.has(coordinate))
            found.set(coordinate, { coordinate, root, operation: operation as IdInput['operation'], path });
        };
        collect(argument, `${type?.name}.${root.name}(${argument.name}:)`, [argument.name], add);
      }
  return [...found.values()];
}

function collect(
  input: GraphQLArgument | GraphQLInputField,
  coordinate: string,
  path: readonly string[],
  add: (coordinate: string, path: readonly string[]) => void,
): void {
  const type = getNamedType(input.type);
  if (type.name === 'ID' || (type.name === 'String' && keyNames.has(input.name))) add(coordinate, path);
  if (!isInputObjectType(type)) return;
  for (const field of Object.values(type.getFields()))
    collect(field, `${type.name}.${field.name}`, [...path, field.name], add);
}

/** An operation that passes the value at one place, and valid values at the required others. */
export function operationWith({ root, operation, path }: IdInput, value: string) {
  const passed = root.args.filter(({ name, type }) => isNonNullType(type) || name === path[0]);
  const variables = Object.fromEntries(passed.map(({ name, type }) => [name, valueOf(type, inner(path, name), value)]));
  const declared = passed.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const given = passed.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isCompositeType(getNamedType(root.type)) ? ' { __typename }' : '';
  return { document: `${operation} (${declared}) { ${root.name}(${given})${selection} }`, variables };
}

/** The rest of a path below a name; undefined if the path leads elsewhere. */
function inner([first, ...rest]: readonly string[], name: string): readonly string[] | undefined {
  return first === name ? rest : undefined;
}

const samples: Readonly<Record<string, unknown>> = {
  ID: '019a0000-0000-7000-8000-ffffffffffff',
  Int: 1,
  Boolean: true,
  URL: 'https://example.com',
  EmailAddress: 'user@example.com',
  DateTime: '2035-01-01T00:00:00Z',
  Date: '2030-01-01',
};

function valueOf(type: GraphQLInputType, path: readonly string[] | undefined, value: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, path, value);
  if (isListType(type)) return [valueOf(type.ofType, path, value)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return path === undefined ? (samples[type.name] ?? 'x') : value;
  const fields = Object.values(type.getFields()).filter(
    (field) => isNonNullType(field.type) || field.name === path?.[0],
  );
  return Object.fromEntries(
    fields.map((field) => [field.name, valueOf(field.type, inner(path ?? [], field.name), value)]),
  );
}

/** The keys of the entities in the SDL of a service, as `Type` and the name of the key field. */
export function entityKeys(schema: GraphQLSchema): [type: string, key: string][] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .flatMap((type) =>
      (type.astNode?.directives ?? [])
        .filter(({ name }) => name.value === 'key')
        .filter(({ arguments: args = [] }) => !args.some(({ name }) => name.value === 'resolvable'))
        .flatMap(({ arguments: args = [] }) =>
          args.map(({ value }): [string, string] => [type.name, 'value' in value ? String(value.value) : '']),
        ),
    );
}
