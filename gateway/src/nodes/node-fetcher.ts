import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { badInput } from '@marquee/chassis/errors/errors';
import { createObjectLoader } from '@marquee/chassis/loaders/loaders';
import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Fetcher, SubgraphRequest, SubgraphResponse } from '../engine/fetcher.js';
import { nodeUrl } from '../engine/node-interface.js';
import type { OperationContext } from '../engine/operation-context.js';
import { findNodes, type FoundNode } from './find-nodes.js';
import { nodeOwnersFor, nodeSchema } from './node-owners.js';

/** Maximum number of ids of one `nodes`. */
const maxIds = 50;

/** Parsed operations by their text, which a plan has in common for all requests. The size is the number of characters. */
const documents = new LRUCache<string, DocumentNode>({
  max: 1_000,
  maxSize: 256 * 1024,
  sizeCalculation: (_, query) => query.length + 1,
});

export interface NodeFetcher {
  /** Answers the fetches of the subgraph with `node` and `nodes`, and forwards all others. */
  fetcher: Fetcher;
  /** Returns the subgraphs of a supergraph that are services. */
  add<Subgraph extends { name: string; url?: string }>(subgraphs: readonly Subgraph[]): Subgraph[];
}

/**
 * Answers `Query.node` and `Query.nodes`: asks the services which of them shows the caller an object with the id, if the
 * caller may read the id of its type. The plan then reads its fields from the services by its key, with the rights that
 * apply to every reference.
 */
export function createNodeFetcher(services: Fetcher, supergraph: () => GraphQLSchema): NodeFetcher {
  const answered = new Set<string>();
  return {
    fetcher: {
      fetch: (subgraph, request, context) =>
        answered.has(subgraph) ? answer(request, context) : services.fetch(subgraph, request, context),
    },
    add(subgraphs) {
      for (const { name, url } of subgraphs) if (url === nodeUrl) answered.add(name);
      return subgraphs.filter(({ url }) => url !== nodeUrl);
    },
  };

  async function answer({ query, body }: SubgraphRequest, context: OperationContext): Promise<SubgraphResponse> {
    const { variables = {} } = JSON.parse(body) as { variables?: Record<string, unknown> };
    const owners = nodeOwnersFor(context.caller, supergraph());
    const { data, errors } = await execute({
      schema: nodeSchema(supergraph()),
      document: parsed(query),
      variableValues: variables,
      rootValue: rootOf((ids) => findNodes(ids, owners, services, context)),
    });
    return { data: plain(data), errors: errors?.map((error) => error.toJSON()) };
  }
}

/** The root of a fetch. All its ids share one request to each service, however many fields ask for them. */
function rootOf(find: (ids: readonly string[]) => Promise<FoundNode[]>) {
  const nodes = createObjectLoader<string, FoundNode>(find, (id) => id);
  return {
    node: ({ id }: { id: string }) => nodes.load(id),
    nodes: ({ ids }: { ids: string[] }) => nodes.loadMany(withinLimit(ids)),
  };
}

function parsed(query: string): DocumentNode {
  return getOrCreate<string, DocumentNode>(documents, query, (text) => parse(text, { noLocation: true }));
}

/** @throws BAD_USER_INPUT for too many ids */
function withinLimit(ids: string[]): string[] {
  if (ids.length <= maxIds) return ids;
  throw badInput({ path: 'ids', message: `must have at most ${maxIds} ids, it has ${ids.length}` });
}

/** Objects with a prototype, like those of a service's response. */
function plain(data: Record<string, unknown> | null | undefined): Record<string, unknown> | null {
  return data ? (JSON.parse(JSON.stringify(data)) as Record<string, unknown>) : null;
}
