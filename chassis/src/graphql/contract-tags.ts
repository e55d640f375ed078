import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/** The fields of each contract by type, by the name of the contract. */
export type Contracts = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * Adds `@tag` to the fields of contracts. Fields are listed one by one, so that a new field of a type is in no contract by
 * default.
 * @throws Error for a field that does not exist
 */
export function withContracts(schema: DocumentNode, contracts: Contracts): DocumentNode {
  return Object.entries(contracts).reduce((tagged, [name, fields]) => withTag(tagged, name, fields), schema);
}

function withTag(schema: DocumentNode, name: string, fields: Contracts[string]): DocumentNode {
  const remaining = new Set(
    Object.entries(fields).flatMap(([type, names]) => names.map((field) => `${type}.${field}`)),
  );
  const tagged = visit(schema, {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields?.map((field) => {
        if (!remaining.delete(`${type.name.value}.${field.name.value}`)) return field;
        return { ...field, directives: [...(field.directives ?? []), tag(name)] };
      }),
    }),
  });
  if (remaining.size > 0)
    throw new Error(`The contract "${name}" has fields that do not exist: ${[...remaining].join(', ')}.`);
  return tagged;
}

function tag(name: string): ConstDirectiveNode {
  const value = { kind: Kind.STRING, value: name } as const;
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'tag' },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'name' }, value }],
  };
}
