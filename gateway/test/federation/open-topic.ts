import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, graphql, type GraphQLFieldResolver, type GraphQLSchema, parse } from 'graphql';
import type { Fetcher, SubgraphRequest, SubgraphResponse } from '../../src/engine/fetcher.js';
import { createGraph } from '../../src/engine/graph.js';
import { createInProcessPlanner } from '../../src/engine/planner/in-process-planner.js';
import type { Row, Topic, TopicCase, TopicSubgraph } from './topic.js';

export interface OpenTopic {
  execute(operation: Pick<TopicCase, 'query' | 'variables'>): Promise<{ data?: unknown; errors?: boolean }>;
}

const federation = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible", "@override", "@interfaceObject", "@extends"])\n`;

/** Composes a topic and executes operations on it with the engine, over subgraphs in this process. */
export function openTopic({ subgraphs }: Pick<Topic, 'subgraphs'>): OpenTopic {
  const named = Object.entries(subgraphs).map(([name, subgraph]) => {
    const typeDefs = parse((subgraph.version === 1 ? '' : federation) + subgraph.sdl);
    return { name, url: `http://${name}`, typeDefs, schema: executableSchema(typeDefs, subgraph), subgraph };
  });
  const composed = composeServices(named);
  if (composed.errors) throw new Error(composed.errors.map(String).join('\n'));
  const byName = new Map(named.map((one) => [one.name, one]));
  const fetcher: Fetcher = {
    fetch: (name, request) => execute(byName.get(name)!.schema, byName.get(name)!.subgraph, request),
  };
  const graph = createGraph(createInProcessPlanner(composed.supergraphSdl), fetcher);
  return {
    async execute({ query, variables = {} }) {
      const document = parse(query);
      if ((await graph.validate(document)).length > 0) return { errors: true };
      const prepared = await graph.prepare(document, undefined).catch(() => undefined);
      if (!prepared) return { errors: true };
      const { data, errors } = await graph.execute(prepared, { variables, context: { caller: { kind: 'guest' } } });
      return plain({ data, errors: (errors?.length ?? 0) > 0 });
    },
  };
}

function executableSchema(typeDefs: DocumentNode, { entities = {} }: TopicSubgraph): GraphQLSchema {
  const resolvers = Object.fromEntries(
    Object.entries(entities).map(([type, rows]) => [
      type,
      { __resolveReference: (reference: Row) => findRow(type, rows, reference) },
    ]),
  );
  return buildSubgraphSchema({ typeDefs, resolvers: resolvers });
}

function findRow(type: string, rows: readonly Row[], reference: Row): Row | null {
  const row = rows.find((candidate) => agrees(candidate, reference));
  return row ? { __typename: type, ...reference, ...row, representation: reference } : null;
}

/** Whether all fields that both objects have are equal. */
function agrees(row: unknown, reference: unknown): boolean {
  if (Array.isArray(row) && Array.isArray(reference)) {
    return row.length === reference.length && row.every((item, index) => agrees(item, reference[index]));
  }
  if (isRow(row) && isRow(reference)) {
    const common = Object.keys(reference).filter((name) => name in row && typeof row[name] !== 'function');
    return common.every((name) => name === '__typename' || agrees(row[name], reference[name]));
  }
  return row === reference;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function execute(
  schema: GraphQLSchema,
  { query, mutation }: TopicSubgraph,
  { body }: SubgraphRequest,
): Promise<SubgraphResponse> {
  const { query: source, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  const roots: Record<string, Row | undefined> = { Query: query, Mutation: mutation };
  const resolve: GraphQLFieldResolver<Row | undefined, unknown> = (parent, args, context, info) =>
    resolveField(parent ?? roots[info.parentType.name] ?? {}, args, info.parentType.name, info.fieldName);
  return plain(await graphql({ schema, source, variableValues: variables, fieldResolver: resolve }));
}

/** Fails if the object lacks the field, so that a field is only right in a subgraph that resolves it. */
function resolveField(parent: Row, args: unknown, type: string, field: string): unknown {
  if (!(field in parent)) throw new Error(`This subgraph does not resolve ${type}.${field}.`);
  const value = parent[field];
  return typeof value === 'function' ? (value.call(parent, args) as unknown) : value;
}

/** Converts to plain JSON values, as HTTP would. */
function plain<Value>(value: unknown): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
