import 'reflect-metadata';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLScalarType, type GraphQLSchema, parse } from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import { meterFields } from './answer-limit.js';
import { checkArguments, isUnsafeReference } from './checked-arguments.js';
import { cacheControlDirective } from './cache-hints.js';
import { type Contracts, withContracts } from './contract-tags.js';
import { callMethodsDirectly } from './direct-resolvers.js';
import { type FieldCosts, textLengthDirective, type TypeWeights, withFieldCosts } from './field-costs.js';
import { instrumentFields, type ResolverMap } from './field-metrics.js';
import { withListSizes } from './list-sizes.js';
import { withNullableRoots } from './nullable-roots.js';
import { leavePropertiesToExecutor } from './property-fields.js';

/** Resolves an entity by the key in another service's reference; null if it does not exist or this caller may not see it. */
export type ReferenceResolver<Context> = (reference: never, context: Context) => unknown;

export interface SubgraphSchemaOptions<Context> {
  /** The resolver classes of type-graphql. */
  resolvers: NonEmptyArray<new () => object>;
  /** Reference resolvers by type name, for every entity that other services reference. */
  references: Readonly<Record<string, ReferenceResolver<Context>>>;
  /** Entities of other services to which this one adds fields, without a field of its own that returns them. */
  extendedEntities?: readonly (new () => object)[];
  /** The scalars of TypeScript types such as Date. */
  scalars?: { type: new (...values: never[]) => object; scalar: GraphQLScalarType }[];
  /** The parts of the subgraph that are in contracts. Clients of a contract see nothing else. */
  contracts?: Contracts;
  /** The bounds of lists and texts, and the weights of expensive fields. */
  costs?: FieldCosts;
  /** Fields (`Type.field`) that check the texts of their arguments themselves. All others are checked before they run. */
  ownTextChecks?: readonly string[];
  /** The weights of types whose objects are expensive to load. */
  typeWeights?: TypeWeights;
  /** Entities of which any reference resolves, whatever texts its key has. Other references with unsafe texts are null. */
  alwaysResolved?: readonly string[];
}

/** Links the federation specification and imports its directives. Before 2.12 it has no `@cacheTag`. */
function federation(more: readonly string[]): string {
  const names = ['@key', '@shareable', '@inaccessible', '@external', '@requires', '@provides', '@tag', '@override'];
  const rights = ['@authenticated', '@requiresScopes', '@policy'];
  const imports = [...names, ...rights, '@cost', '@listSize', ...more].map((name) => `"${name}"`).join(', ');
  const version = more.includes('@cacheTag') ? 'v2.12' : 'v2.9';
  return `extend schema @link(url: "https://specs.apollo.dev/federation/${version}", import: [${imports}])`;
}

/**
 * The directives with which a subgraph describes its subscriptions to the gateway. Composition keeps them in the
 * supergraph.
 *
 * `@resumable`: `argument` accepts the value of the field `cursor` of an event and continues the stream after that event,
 * stored events first. `@broadcast` on a subscription: all callers with the same role and scopes receive the same events.
 * On a field: its value is the same for all of them. On a type: so are all of its fields, which is valid only while no
 * other service extends the type. The gateway shares a stream if everything that it selects is broadcast.
 */
export const subscriptionDirectives = `
extend schema
  @link(url: "https://marquee.example/live/v1.0", import: ["@resumable", "@broadcast"])
  @composeDirective(name: "@resumable")
  @composeDirective(name: "@broadcast")
directive @resumable(argument: String!, cursor: String!) on FIELD_DEFINITION
directive @broadcast on FIELD_DEFINITION | OBJECT`;

/**
 * The directive of mutations whose effect ends when the client's WebSocket closes. Composition keeps it in the supergraph.
 *
 * `@whileConnected`: `argument` is the path of a Boolean, such as `input.typing`. When a socket closes over which a client
 * set it to true in the last `seconds`, the gateway repeats the mutation with false. Both requests have the id of the
 * socket, see `connection-id.ts`.
 */
export const connectionDirective = `
extend schema
  @link(url: "https://marquee.example/connection/v1.0", import: ["@whileConnected"])
  @composeDirective(name: "@whileConnected")
directive @whileConnected(argument: String!, seconds: Int!) on FIELD_DEFINITION`;

/**
 * Builds the executable schema of a subgraph from type-graphql classes. Root fields become nullable (`nullable-roots.ts`).
 * @throws Error for a field in a contract or in `ownTextChecks` that does not exist
 */
export async function createSubgraphSchema<Context>(options: SubgraphSchemaOptions<Context>): Promise<GraphQLSchema> {
  const plain = await buildSchema({
    resolvers: options.resolvers,
    orphanedTypes: [...(options.extendedEntities ?? [])],
    scalarsMap: (options.scalars ?? []).map(({ type, scalar }) => ({ type, scalar })),
    validate: false,
    // buildSubgraphSchema validates it; this would be an introspection at each start.
    skipCheck: true,
    emitSchemaFile: false,
    pubSub: noPubSub,
  });
  const resolvers = createResolversMap(plain);
  for (const [type, resolve] of Object.entries(options.references)) {
    const checked = options.alwaysResolved?.includes(type) ? rejectOnThrow(resolve) : checkedReference(resolve);
    resolvers[type] = { ...(resolvers[type] as object), __resolveReference: checked } as never;
  }
  leavePropertiesToExecutor(resolvers as ResolverMap);
  callMethodsDirectly(resolvers as ResolverMap, options.resolvers);
  instrumentFields(resolvers as ResolverMap);
  const federated = parse(withFederation(printSchemaWithDirectives(plain), options.costs !== undefined));
  const priced = options.costs ? withFieldCosts(federated, options.costs, options.typeWeights) : federated;
  const typeDefs = withListSizes(withNullableRoots(priced));
  const schema = buildSubgraphSchema({
    typeDefs: withContracts(typeDefs, options.contracts ?? {}),
    // The two libraries have different types for the same map.
    resolvers: resolvers as never,
  });
  checkArguments(schema, options.ownTextChecks ?? []);
  return meterFields(schema);
}

/** No entity has a key with unsafe text, so it is not looked up. */
function checkedReference<Context>(resolve: ReferenceResolver<Context>): ReferenceResolver<Context> {
  const settled = rejectOnThrow(resolve);
  return (reference: object, context) => (isUnsafeReference(reference) ? null : settled(reference as never, context));
}

/** A reference resolver that throws, instead of returning a promise that rejects, fails all entities of its request. */
function rejectOnThrow<Context>(resolve: ReferenceResolver<Context>): ReferenceResolver<Context> {
  return (reference, context) => {
    try {
      return resolve(reference, context);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/** Adds the directives of the graph's own specifications only to subgraphs that use them. */
function withFederation(sdl: string, hasCosts: boolean): string {
  const own = [
    ...(/@(resumable|broadcast)\b/.test(sdl) ? [subscriptionDirectives] : []),
    ...(/@whileConnected\b/.test(sdl) ? [connectionDirective] : []),
    ...(hasCosts ? [textLengthDirective] : []),
    ...(/@cacheControl\b/.test(sdl) ? [cacheControlDirective] : []),
  ];
  const more = [...(own.length > 0 ? ['@composeDirective'] : []), ...(/@cacheTag\b/.test(sdl) ? ['@cacheTag'] : [])];
  return [federation(more), ...own, sdl].join('\n');
}

/** type-graphql requires one. Here every subscription has its own source, a stream of the store. */
const noPubSub: PubSub = { publish: rejectTopic, subscribe: rejectTopic };

function rejectTopic(topic: string): never {
  throw new Error(`A subscription uses the topic "${topic}"; it needs its own \`subscribe\` instead.`);
}

/** Prints the SDL of a subgraph for composition. */
export function printSubgraph(schema: GraphQLSchema): string {
  return `${printSubgraphSchema(schema)}\n`;
}
