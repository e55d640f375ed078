import { SettingsError } from '@marquee/chassis/config/settings';
import { mainGraph } from '@marquee/chassis/graphql/usage-report';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { type Admission, createAdmission } from './admission/admission.js';
import type { ContractRule } from './admission/authorization/contract-rule.js';
import type { Manifest } from './admission/documents/trusted-manifest.js';
import { createOperationRules } from './admission/operation-rules.js';
import type { CostBudget } from './admission/rates/cost-budget.js';
import type { RateLimiter } from './admission/rates/rate-limiter.js';
import type { GatewaySettings } from './config.js';
import { type Engine, openEngine } from './engine/engine.js';
import { createSlowOperationLog } from './engine/slow-operations.js';
import type { EntityCache } from './entity-cache/entity-cache.js';
import { createNodeFetcher } from './nodes/node-fetcher.js';
import { type SourceAddress, sourceAt, type SupergraphVariable } from './supergraph/supergraph-source.js';
import { SupergraphWatcher } from './supergraph/supergraph-watcher.js';
import { createSubgraphFetcher } from './upstream/subgraph-fetcher.js';
import { tracedFetcher } from './upstream/traced-fetcher.js';
import type { Upstreams } from './upstream/upstreams.js';
import type { CountUsage } from './usage/usage-counter.js';
import type { Usage } from './usage/usage.js';

/** A supergraph with the engine that runs operations over it, and the admission that decides which. */
export interface ServedGraph extends Closable {
  engine: Engine;
  admission: Admission;
}

export interface ServedGraphOptions {
  settings: GatewaySettings;
  /** Where the supergraph is, and the variable that says so. */
  supergraph: SourceAddress & { variable: SupergraphVariable };
  manifest: Manifest;
  /** Restricts some callers to a contract. */
  contract?: ContractRule | undefined;
  upstreams: Upstreams;
  cache: EntityCache;
  rates: Pick<RateLimiter, 'budget'>;
  usage: Usage;
  log: Logger;
}

/** The names of the graphs in reports of their use, by the variable of their address. Previews are not reported. */
const graphNames = { SUPERGRAPH: mainGraph, PARTNER_SUPERGRAPH: 'partner', PREVIEW_REGISTRY: undefined } as const;

/** Whether a supergraph can be read, without loading it. */
export async function hasSupergraph(at: SourceAddress, settings: GatewaySettings): Promise<boolean> {
  try {
    await sourceAt(at, settings).read();
    return true;
  } catch (failure) {
    if (failure instanceof SettingsError) return false;
    throw failure;
  }
}

/** @throws SettingsError if the supergraph does not load */
export async function openServedGraph(options: ServedGraphOptions): Promise<ServedGraph> {
  const { settings, manifest, contract, upstreams, cache, log } = options;
  const { budget } = options.rates;
  const supergraph = new SupergraphWatcher({
    source: sourceAt(options.supergraph, settings),
    pollSeconds: settings.SUPERGRAPH_POLL_SECONDS,
    log,
  });
  const rules = createOperationRules({ settings, manifest, contract });
  const isTraced = settings.NODE_ENV !== 'production';
  const requests = createSubgraphFetcher(upstreams, settings.RESPONSE_LIMIT_BYTES);
  const fetcher = cache.inFrontOf(isTraced ? tracedFetcher(requests) : requests);
  const nodes = createNodeFetcher(fetcher, () => opened.graph().supergraphSchema);
  const opened: Engine = await openEngine({
    supergraph,
    fetcher: nodes.fetcher,
    addSubgraphs: (subgraphs) => upstreams.add(nodes.add(subgraphs)),
    hooks: { ...rules, cachedSubgraphs: cache.subgraphs, onTraced: createSlowOperationLog(log) },
  });
  const charged = budget ? withBudget(opened, budget) : opened;
  const engine = isTraced ? withPlans(charged) : charged;
  const admission = createAdmission({ engine, rules, budget });
  const graphName = graphNames[options.supergraph.variable];
  const countUsage = graphName === undefined ? undefined : options.usage.counterOf(graphName);
  return { engine, admission: countUsage ? withUsage(admission, countUsage) : admission, close: () => engine.close() };
}

/** Counts the use of the schema by admitted operations. */
function withUsage(admission: Admission, countUsage: CountUsage): Admission {
  return {
    ...admission,
    async admit(params, context, transport) {
      const operation = await admission.admit(params, context, transport);
      if ('graph' in operation) countUsage(operation);
      return operation;
    },
  };
}

/** Lets the trace of an operation describe its plan. */
function withPlans(engine: Engine): Engine {
  return {
    ...engine,
    run(graph, operation) {
      const { trace } = operation.context;
      if (trace) trace.describePlan = () => graph.explain(operation);
      return engine.run(graph, operation);
    },
  };
}

/** Settles every operation, one with several results after the last of them. */
function withBudget(engine: Engine, budget: CostBudget): Engine {
  return {
    ...engine,
    run: (graph, operation) => engine.run(graph, operation).finally(() => budget.settle(operation)),
    async start(graph, operation) {
      const settle = (): void => budget.settle(operation);
      try {
        const started = await engine.start(graph, operation);
        if (started.later) void started.later.ended.then(settle);
        else settle();
        return started;
      } catch (error) {
        settle();
        throw error;
      }
    },
  };
}
