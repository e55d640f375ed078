import type { FetchNode } from '@apollo/query-planner';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { SubgraphResponse } from '../fetcher.js';
import type { EntityBatch } from './entity-batch.js';
import {
  compileBatchFetch,
  createBatchInput,
  type EntityFetch,
  type FetchBatch,
  mergeBatch,
  type RequestedBatch,
} from './entity-fetch.js';
import { compileSend, type ExecutionContext, type SendFetch, usedVariables } from './execution-context.js';
import {
  type BatchableOperation,
  isBatchable,
  mergeOperations,
  numberedNames,
  parseBatchable,
} from './merge-operations.js';

/**
 * Sends the entity fetches of one plan that go to the same subgraph in one request where possible. Responses arrive in
 * bursts, so several branches of a plan often become ready in the same turn of the event loop. A fetch waits for the end
 * of that turn and no longer.
 */
export class EntityFetchBatcher {
  readonly #bySubgraph = new Map<string, SubgraphBatcher>();

  /** Compiles a fetch. Its requests are merged with those of other fetches of the plan. */
  compile(fetch: EntityFetch): FetchBatch {
    const fetchAlone = compileBatchFetch(fetch);
    if (!isBatchable(fetch.node)) return fetchAlone;
    const createBatcher = (): SubgraphBatcher => new SubgraphBatcher(this.#bySubgraph.size);
    // A service reports for a whole response whether it may be cached, so other fetches would prevent it.
    const key = `${fetch.cacheable ? 'cacheable ' : ''}${fetch.node.serviceName}`;
    return getOrCreate(this.#bySubgraph, key, createBatcher).add({ ...fetch, fetchAlone });
  }
}

interface BatchableFetch extends EntityFetch {
  fetchAlone: FetchBatch;
}

/** A fetch that is ready to be sent. */
interface BatchEntry {
  fetch: BatchableFetch;
  /** Position of the fetch in its subgraph batcher. */
  index: number;
  batch: EntityBatch;
}

/** The fetches of one execution that are ready in the same turn. The response is undefined if each is sent alone. */
export interface PendingBatch {
  entries: BatchEntry[];
  response: Promise<BatchResponse | undefined>;
}

interface BatchResponse {
  requested: ReadonlyMap<BatchEntry, RequestedBatch>;
  response: SubgraphResponse;
}

/** Maximum of merged operations that a plan caches per subgraph. Three fetches have four combinations. */
const maxMergedFetches = 32;

/** The batchable fetches of a plan that go to one subgraph. */
class SubgraphBatcher {
  readonly #fetches: BatchableFetch[] = [];
  /** By the indices of the fetches; undefined for fetches that cannot be merged. */
  readonly #merged = new Map<string, MergedFetch | undefined>();

  /** @param number of this batcher among those of its plan */
  constructor(private readonly number: number) {}

  add(fetch: BatchableFetch): FetchBatch {
    const index = this.#fetches.push(fetch) - 1;
    return (execution, batch) =>
      this.#fetches.length === 1 ? fetch.fetchAlone(execution, batch) : this.#join(execution, { fetch, index, batch });
  }

  async #join(execution: ExecutionContext, entry: BatchEntry): Promise<void> {
    const { entries, response } = execution.pendingBatches[this.number] ?? this.#open(execution);
    entries.push(entry);
    const together = await response;
    const own = together?.requested.get(entry);
    if (!together || !own || isLost(own, together.response)) return entry.fetch.fetchAlone(execution, entry.batch);
    mergeBatch(execution, own, [...together.requested.values()], together.response);
  }

  #open(execution: ExecutionContext): PendingBatch {
    const entries: BatchEntry[] = [];
    const response = nextMacrotask().then(() => {
      execution.pendingBatches[this.number] = undefined;
      return this.#send(execution, entries);
    });
    const pending = { entries, response };
    execution.pendingBatches[this.number] = pending;
    return pending;
  }

  async #send(execution: ExecutionContext, entries: BatchEntry[]): Promise<BatchResponse | undefined> {
    if (entries.length === 1) return undefined;
    entries.sort((one, other) => one.index - other.index);
    const merged = this.#mergedFetch(entries);
    if (!merged) return undefined;
    const requested = new Map(
      entries.map((entry, position): [BatchEntry, RequestedBatch] => [entry, requestAt(execution, entry, position)]),
    );
    const input = createBatchInput(usedVariables(merged.variableUsages, execution), [...requested.values()]);
    return { requested, response: await merged.send(execution, input) };
  }

  #mergedFetch(entries: readonly BatchEntry[]): MergedFetch | undefined {
    const key = entries.map(({ index }) => index).join(' ');
    if (!this.#merged.has(key) && this.#merged.size < maxMergedFetches)
      this.#merged.set(key, mergeFetches(entries.map(({ fetch }) => fetch.node)));
    return this.#merged.get(key);
  }
}

function requestAt(
  execution: ExecutionContext,
  { fetch: { node, field, cacheable }, batch }: BatchEntry,
  position: number,
): RequestedBatch {
  const { name, variable } = numberedNames(position);
  const part = cacheable && { fetch: cacheable, variables: usedVariables(node.variableUsages, execution) };
  return { field, batch, name, variable, part };
}

/**
 * Whether an error of another field nulled the whole response; the batch is then fetched again, alone. Errors of whole
 * fields null it before those of single entities do, which are nullable.
 */
function isLost({ name }: RequestedBatch, { data, errors = [] }: SubgraphResponse): boolean {
  if (data) return false;
  const failedFields = errors.filter(({ path }) => path?.length === 1);
  return !(failedFields.length > 0 ? failedFields : errors).some(({ path }) => path?.[0] === name);
}

/** Several fetches merged into one operation. */
interface MergedFetch {
  send: SendFetch;
  /** The client's variables that it uses. */
  variableUsages: readonly string[];
}

function mergeFetches(nodes: readonly FetchNode[]): MergedFetch | undefined {
  const [first] = nodes;
  const operations = nodes.map(parseBatchable).filter((one): one is BatchableOperation => one !== undefined);
  if (!first || operations.length < nodes.length) return undefined;
  return {
    send: compileSend({ ...first, operation: mergeOperations(operations) }),
    variableUsages: [...new Set(nodes.flatMap(({ variableUsages = [] }) => variableUsages))],
  };
}

function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
