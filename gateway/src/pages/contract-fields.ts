import type { GraphQLField, GraphQLSchema } from 'graphql';

/** A query or mutation of the contract, for its documentation. */
export interface ContractField {
  /** For example `show(slug: ID!): Show`. */
  signature: string;
  description: string;
}

/** The queries and mutations of a schema. */
export function rootFields(schema: GraphQLSchema): ContractField[] {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  return roots.flatMap((root) => Object.values(root?.getFields() ?? {}).map(describe));
}

function describe({ name, args, type, description }: GraphQLField<unknown, unknown>): ContractField {
  const inputs = args.map((argument) => `${argument.name}: ${String(argument.type)}`).join(', ');
  const signature = `${name}${inputs === '' ? '' : `(${inputs})`}: ${String(type)}`;
  return { signature, description: description ?? '' };
}
