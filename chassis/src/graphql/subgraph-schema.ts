import 'reflect-metadata';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLScalarType, type GraphQLSchema, parse } from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import { type Contracts, withContracts } from './contract-tags.js';
import { instrumentFields, type ResolverMap } from './field-metrics.js';
import { withListSizes } from './list-sizes.js';

/** Loads an entity by the key that another service named it with; null when there is none that this caller may see. */
export type ReferenceResolver<Context> = (reference: never, context: Context) => unknown;

export interface SubgraphSchemaOptions<Context> {
  /** type-graphql resolver classes. */
  resolvers: NonEmptyArray<new () => object>;
  /** By type name, for every entity that other services refer to. */
  references: Readonly<Record<string, ReferenceResolver<Context>>>;
  /** TypeScript types that stand for scalars, for instance Date. */
  scalars?: { type: new (...values: never[]) => object; scalar: GraphQLScalarType }[];
  /** What clients of a contract see of the subgraph; those whom the contract is for see nothing else. */
  contracts?: Contracts;
}

/** The version of the federation specification that the graph speaks, and what its subgraphs use of it. */
function federation(...more: string[]): string {
  const names = ['@key', '@shareable', '@inaccessible', '@external', '@requires', '@provides', '@tag'];
  const rights = ['@authenticated', '@requiresScopes', '@policy'];
  const imports = [...names, ...rights, '@cost', '@listSize', ...more].map((name) => `"${name}"`).join(', ');
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;
}

/**
 * What a subgraph tells the gateway of its subscriptions; composition takes the marks into the supergraph.
 *
 * `@resumable`: given the value that the field `cursor` of an event had, `argument` makes the stream go on right after
 * that event, stored events first. `@broadcast` on a subscription: all callers of one role and the same scopes get the
 * same events. On a field: its value looks alike to all of them; on a type: that of all its fields does, which counts as
 * long as no other service has the type. Streams are shared where all that is selected is marked.
 */
export const subscriptionDirectives = `
extend schema
  @link(url: "https://marquee.example/live/v1.0", import: ["@resumable", "@broadcast"])
  @composeDirective(name: "@resumable")
  @composeDirective(name: "@broadcast")
directive @resumable(argument: String!, cursor: String!) on FIELD_DEFINITION
directive @broadcast on FIELD_DEFINITION | OBJECT`;

/** Builds the executable schema of a subgraph from type-graphql classes. */
export async function createSubgraphSchema<Context>(options: SubgraphSchemaOptions<Context>): Promise<GraphQLSchema> {
  const plain = await buildSchema({
    resolvers: options.resolvers,
    scalarsMap: (options.scalars ?? []).map(({ type, scalar }) => ({ type, scalar })),
    validate: false,
    emitSchemaFile: false,
    pubSub: noPubSub,
  });
  const resolvers = createResolversMap(plain);
  for (const [type, resolve] of Object.entries(options.references))
    resolvers[type] = { ...(resolvers[type] as object), __resolveReference: resolve } as never;
  instrumentFields(resolvers as ResolverMap);
  const typeDefs = withListSizes(parse(federated(printSchemaWithDirectives(plain))));
  return buildSubgraphSchema({
    typeDefs: withContracts(typeDefs, options.contracts ?? {}),
    // The map is what buildSubgraphSchema takes; the two libraries name its type differently.
    resolvers: resolvers as never,
  });
}

/** A subgraph that marks nothing tells nothing of the marks. */
function federated(sdl: string): string {
  if (!/@(resumable|broadcast)\b/.test(sdl)) return `${federation()}\n${sdl}`;
  return `${federation('@composeDirective')}\n${subscriptionDirectives}\n${sdl}`;
}

/** type-graphql insists on one. Here every subscription names its own source, as a stream of the store. */
const noPubSub: PubSub = { publish: refuseTopic, subscribe: refuseTopic };

function refuseTopic(topic: string): never {
  throw new Error(`A subscription wants the topic "${topic}": give it a \`subscribe\` of its own.`);
}

/** The SDL of a subgraph as composition reads it. */
export function printSubgraph(schema: GraphQLSchema): string {
  return `${printSubgraphSchema(schema)}\n`;
}
