import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { findDirectives } from '@marquee/chassis/graphql/directives';
import type { Caller } from '@marquee/chassis/identity/caller';
import { buildSchema, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { denialOf } from '../admission/authorization/access-requirement.js';
import { createRequirementReader } from '../admission/authorization/requirement-reader.js';
import { nodeServices, nodeTypes, serviceNames } from '../engine/node-interface.js';

/** A service with the types of which it has objects by id. */
export interface NodeOwner {
  subgraph: string;
  types: readonly NodeType[];
  /** Asks for the type of each object. */
  query: string;
}

export interface NodeType {
  name: string;
  /** The field of its key, which has the value of the id. */
  key: string;
}

/** The services with types that implement `Node`, of which the caller may read the id. */
export function nodeOwnersFor(caller: Caller, supergraph: GraphQLSchema): NodeOwner[] {
  const requirementOf = requirementReader(supergraph);
  const isReadable = ({ name }: NodeType): boolean => denialOf(requirementOf(name, 'id'), caller) === undefined;
  const readable = nodeOwners(supergraph).map((owner) => ({ ...owner, types: owner.types.filter(isReadable) }));
  return readable.filter(({ types }) => types.length > 0);
}

const requirementReader = memoizeWeak(createRequirementReader);

/** The services whose types implement `Node`, in the order of their types. */
const nodeOwners = memoizeWeak((supergraph: GraphQLSchema): readonly NodeOwner[] => {
  const names = serviceNames(supergraph);
  const typesOf = new Map<string, GraphQLObjectType[]>();
  for (const type of nodeTypes(supergraph))
    for (const name of nodeServices(supergraph, type)) typesOf.set(name, [...(typesOf.get(name) ?? []), type]);
  return [...typesOf].map(([subgraph, types]) => ({
    subgraph,
    types: types.map((type) => ({ name: type.name, key: keyOf(type, names) })),
    query: `query ($of: [_Any!]!) { _entities(representations: $of) { __typename ${tombstoneFields(types)} } }`,
  }));
});

/** The schema of the subgraph that the gateway answers itself. */
export const nodeSchema = memoizeWeak((supergraph: GraphQLSchema): GraphQLSchema => {
  const names = serviceNames(supergraph);
  const types = nodeTypes(supergraph).map((type) => {
    const fields = [...new Set(['id', keyOf(type, names)])].map((field) => `${field}: ID!`);
    return `type ${type.name} implements Node { ${fields.join(' ')} }`;
  });
  return buildSchema(`
    interface Node { id: ID! }
    ${types.join('\n')}
    type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node] }`);
});

/** The key by which the subgraph that the gateway answers itself refers to the type. */
function keyOf(type: GraphQLObjectType, services: ReadonlyMap<string, string>): string {
  const reference = findDirectives(type, 'join__type').find(({ graph }) => !services.has(String(graph)));
  const key = reference?.['key'];
  return typeof key === 'string' ? key : 'id';
}

/** A type with `isGone` resolves every id; an object that is gone does not exist for `node`. */
function tombstoneFields(types: readonly GraphQLObjectType[]): string {
  return types
    .filter((type) => 'isGone' in type.getFields())
    .map(({ name }) => `... on ${name} { isGone }`)
    .join(' ');
}
