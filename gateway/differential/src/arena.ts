import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import type { OperationContext } from '@marquee/gateway/engine/operation-context';
import type { Fetcher } from '@marquee/gateway/engine/fetcher';
import { createGraph, type Graph } from '@marquee/gateway/engine/graph';
import { AliasRewriter, findPlannerFields } from '@marquee/gateway/engine/planner/alias-rewriter';
import { createInProcessPlanner } from '@marquee/gateway/engine/planner/in-process-planner';
import { createStockExecutor, type StockExecutor } from './stock-executor.js';
import { type DocumentNode, parse } from 'graphql';
import type { CatalogueEntry } from './catalogue.js';
import { type IsKey, keyFields } from './keys.js';
import { createSubgraph, type Subgraph } from './subgraph.js';

/** A supergraph with the subgraphs that answer for it, and both executors over it. */
export interface Arena {
  name: string;
  /** Sends its fetches through the `fetcher` of a `TrialContext`. */
  graph: Graph;
  reference: StockExecutor;
  subgraphs: ReadonlyMap<string, Subgraph>;
  isKey: IsKey;
  /** What the engine calls the fields of a document on their way. */
  naming(document: DocumentNode): AliasRewriter;
  /** Whether it has `@fromContext`, which the stock executor cannot run. */
  hasContexts: boolean;
}

/** The context of an operation that brings its own subgraphs. */
export interface TrialContext extends OperationContext {
  fetcher: Fetcher;
}

/** It does not matter whether a plan is the best one, and looking for it takes long. */
const evaluatedPlans = 16;

export function createArena({ name, supergraph: text }: CatalogueEntry): Arena {
  const sdl = text();
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const added = findPlannerFields(parse(sdl, { noLocation: true }));
  const graph = createGraph(createInProcessPlanner(sdl, { debug: { maxEvaluatedPlans: evaluatedPlans } }), {
    fetch: (subgraph, request, context) => (context as TrialContext).fetcher.fetch(subgraph, request, context),
  });
  const isKey = keyFields(graph.supergraphSchema);
  const subgraphs = [...supergraph.subgraphs()].map((one) =>
    createSubgraph(one.name, one.schema.toGraphQLJSSchema(), isKey),
  );
  return {
    name,
    graph,
    reference: createStockExecutor(sdl),
    subgraphs: new Map(subgraphs.map((one) => [one.name, one])),
    isKey,
    naming: (document) => new AliasRewriter(graph.schema, added, document),
    hasContexts: /contextArguments: \[\{/.test(sdl),
  };
}
