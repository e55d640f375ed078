import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import type { Fetcher } from '@marquee/gateway/engine/fetcher';
import { createGraph, type Graph } from '@marquee/gateway/engine/graph';
import { EventLoopThrottle } from '@marquee/gateway/engine/loop-throttle';
import type { OperationContext } from '@marquee/gateway/engine/operation-context';
import { AliasRewriter, findPlannerFields } from '@marquee/gateway/engine/planner/alias-rewriter';
import { createInProcessPlanner, type Planner } from '@marquee/gateway/engine/planner/in-process-planner';
import { type DocumentNode, parse } from 'graphql';
import type { CatalogueEntry } from './catalogue.js';
import { loadCorpus } from './corpus.js';
import { createSubgraph, type Subgraph } from './drawn-subgraph.js';
import { createEntityNumbers, type EntityNumbers } from './drawn-values.js';
import { findFailableFields } from './failable-fields.js';
import type { IsFailable } from './injected-failures.js';
import { findKeyFields, type IsKey } from './key-fields.js';
import { createStockExecutor, type StockExecutor } from './stock-executor.js';

/** The parts of the engine that a testbed creates. */
export interface EngineModules {
  createGraph: typeof createGraph;
  createInProcessPlanner: typeof createInProcessPlanner;
}

/** A supergraph with its subgraphs and both executors. */
export interface Testbed {
  name: string;
  sdl: string;
  planner: Planner;
  /** Sends its fetches through the `fetcher` of a `TrialContext`. */
  graph: Graph;
  stockExecutor: StockExecutor;
  subgraphs: ReadonlyMap<string, Subgraph>;
  isKey: IsKey;
  isFailable: IsFailable;
  numbers: EntityNumbers;
  /** The aliases under which the engine requests the fields of a document. */
  aliasesFor(document: DocumentNode): AliasRewriter;
  /** Operations that are drawn more often than random ones. */
  corpus: readonly DocumentNode[];
  /** Whether it uses `@fromContext`, which the stock executor does not support. */
  hasContexts: boolean;
  /** Whether it uses `@interfaceObject`. */
  hasInterfaceObjects: boolean;
}

/** The context of an operation with its own subgraphs. */
export interface TrialContext extends OperationContext {
  fetcher: Fetcher;
}

/** Plans need not be optimal here, and the search for the optimum takes long. */
const maxEvaluatedPlans = 16;

export function createTestbed({ name, supergraph: text }: CatalogueEntry): Testbed {
  const sdl = text();
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const plannerFields = findPlannerFields(parse(sdl, { noLocation: true }));
  const planner = createPlanner(sdl, { createInProcessPlanner });
  const graph = createGraphWith({ createGraph }, planner);
  const isKey = findKeyFields(graph.supergraphSchema);
  const subgraphs = [...supergraph.subgraphs()].map((one) =>
    createSubgraph(one.name, one.schema.toGraphQLJSSchema(), isKey),
  );
  return {
    name,
    sdl,
    planner,
    graph,
    stockExecutor: createStockExecutor(sdl),
    subgraphs: new Map(subgraphs.map((one) => [one.name, one])),
    isKey,
    isFailable: findFailableFields(
      graph.schema,
      subgraphs.map(({ schema }) => schema),
      plannerFields,
    ),
    numbers: createEntityNumbers(graph.supergraphSchema),
    aliasesFor: (document) => new AliasRewriter(graph.schema, plannerFields, document),
    corpus: loadCorpus(name),
    hasInterfaceObjects: /isInterfaceObject: true/.test(sdl),
    hasContexts: /contextArguments: \[\{/.test(sdl),
  };
}

/** The same testbed with another engine. @param hasOwnPlanner whether its planner differs, too */
export function withEngine(testbed: Testbed, modules: EngineModules, hasOwnPlanner: boolean): Testbed {
  const planner = hasOwnPlanner ? createPlanner(testbed.sdl, modules) : testbed.planner;
  return { ...testbed, planner, graph: createGraphWith(modules, planner) };
}

function createPlanner(sdl: string, modules: Pick<EngineModules, 'createInProcessPlanner'>): Planner {
  return modules.createInProcessPlanner(sdl, { debug: { maxEvaluatedPlans } });
}

function createGraphWith(modules: Pick<EngineModules, 'createGraph'>, planner: Planner): Graph {
  const fetcher: Fetcher = {
    fetch: (subgraph, request, context) => (context as TrialContext).fetcher.fetch(subgraph, request, context),
  };
  // As the stock executor. In service the engine reports no error for a missing entity.
  const rules = { missingEntities: 'error' } as const;
  return modules.createGraph(planner, fetcher, rules, createUnlimitedThrottle());
}

/** A throttle whose slots are always free, by a clock that runs ahead. */
function createUnlimitedThrottle(): EventLoopThrottle {
  let now = 0;
  return new EventLoopThrottle(() => ({ now: (now += 1_000), active: 0 }));
}
