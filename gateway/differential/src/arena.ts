import { operationFromDocument, type Schema, Supergraph } from '@apollo/federation-internals';
import { openLog } from '@marquee/chassis/telemetry/log';
import { createGraph, type Graph } from '@marquee/gateway/engine/graph';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';
import type { CatalogueEntry } from './catalogue.js';
import { type IsKey, keyFields } from './keys.js';
import { createSubgraph, type Subgraph } from './subgraph.js';

/** A supergraph with the subgraphs that answer for it. */
export interface Arena {
  name: string;
  graph: Graph;
  subgraphs: ReadonlyMap<string, Subgraph>;
  isKey: IsKey;
  /** What clients see, as the stock executor wants it. */
  api: Schema;
  /** @throws Error for an operation that cannot be planned */
  plan(document: DocumentNode): QueryPlan;
}

/** It does not matter whether a plan is the best one, and looking for it takes long. */
const evaluatedPlans = 16;

export function createArena({ name, supergraph: text }: CatalogueEntry): Arena {
  const sdl = text();
  const graph = createGraph(sdl, {}, openLog('differential', '0', 'silent'));
  const supergraph = Supergraph.build(sdl);
  const planner = new QueryPlanner(supergraph, { debug: { maxEvaluatedPlans: evaluatedPlans } });
  const api = supergraph.apiSchema();
  const subgraphs = [...supergraph.subgraphs()].map((one) => createSubgraph(one.name, one.schema.toGraphQLJSSchema()));
  return {
    name,
    graph,
    api,
    plan: (document) => planner.buildQueryPlan(operationFromDocument(api, document, { validate: false })),
    subgraphs: new Map(subgraphs.map((one) => [one.name, one])),
    isKey: keyFields(graph.supergraphSchema),
  };
}
