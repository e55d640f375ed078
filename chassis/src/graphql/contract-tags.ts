import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/** By the name of a contract, the fields that it has of a subgraph, by type. */
export type Contracts = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * Marks the fields of contracts with `@tag`. Each is named: what a type is given later is in no contract of itself.
 * @throws Error for a field that there is not
 */
export function withContracts(schema: DocumentNode, contracts: Contracts): DocumentNode {
  return Object.entries(contracts).reduce((tagged, [name, fields]) => withTag(tagged, name, fields), schema);
}

function withTag(schema: DocumentNode, name: string, fields: Contracts[string]): DocumentNode {
  const wanted = new Set(Object.entries(fields).flatMap(([type, names]) => names.map((field) => `${type}.${field}`)));
  const tagged = visit(schema, {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields?.map((field) => {
        if (!wanted.delete(`${type.name.value}.${field.name.value}`)) return field;
        return { ...field, directives: [...(field.directives ?? []), tag(name)] };
      }),
    }),
  });
  if (wanted.size > 0)
    throw new Error(`The contract "${name}" has fields that are not there: ${[...wanted].join(', ')}.`);
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
