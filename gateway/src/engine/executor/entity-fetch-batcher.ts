import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { SubgraphResponse } from '../fetcher.js';
import type { EntityBatch } from './entity-batch.js';
import {
  batchOfError,
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
import { isPartLost, numberFields, responseOfPart, type SharedPart, shareRepresentations } from './shared-entities.js';

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
  requested: ReadonlyMap<BatchEntry, RequestedEntry>;
  response: SubgraphResponse;
}

/** One entry of a request that holds several. */
interface RequestedEntry {
  /** Its `_entities` field, which it may share with other entries. */
  field: RequestedBatch;
  /** Its part of a shared field. */
  part?: SharedPart;
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
    mergeEntry(execution, entry, own, together);
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
    const requested = requestEntries(execution, entries, merged.numbers);
    const fields = new Set([...requested.values()].map(({ field }) => field));
    const input = createBatchInput(usedVariables(merged.variableUsages, execution), [...fields]);
    return { requested, response: await merged.send(execution, input) };
  }

  #mergedFetch(entries: readonly BatchEntry[]): MergedFetch | undefined {
    const key = entries.map(({ index }) => index).join(' ');
    if (!this.#merged.has(key) && this.#merged.size < maxMergedFetches)
      this.#merged.set(key, mergeFetches(entries.map(({ fetch }) => fetch)));
    return this.#merged.get(key);
  }
}

/** @param numbers that of the `_entities` field of each entry */
function requestEntries(
  execution: ExecutionContext,
  entries: readonly BatchEntry[],
  numbers: readonly number[],
): Map<BatchEntry, RequestedEntry> {
  const byField: BatchEntry[][] = [];
  for (const [position, entry] of entries.entries()) (byField[numbers[position] ?? position] ??= []).push(entry);
  return new Map(
    byField.flatMap((together, number): [BatchEntry, RequestedEntry][] => {
      const field = requestAt(execution, together[0] as BatchEntry, number);
      return together.length > 1 ? shareField(field, together) : together.map((entry) => [entry, { field }]);
    }),
  );
}

function shareField(field: RequestedBatch, entries: readonly BatchEntry[]): [BatchEntry, RequestedEntry][] {
  const { representations, positions } = shareRepresentations(entries.map(({ batch }) => batch));
  const shared = { ...field, batch: { ...field.batch, representations } };
  return entries.map((entry, index) => {
    const part = { name: field.name, count: representations.length, positions: positions[index] ?? [] };
    return [entry, { field: shared, part: { ...part, isFirst: index === 0 } }];
  });
}

function mergeEntry(
  execution: ExecutionContext,
  { fetch, batch }: BatchEntry,
  { field, part }: RequestedEntry,
  { requested, response }: BatchResponse,
): void {
  const fields = [...requested.values()].map((one) => one.field);
  if (!part) return mergeBatch(execution, field, fields, response);
  const own = { ...field, field: fetch.field, batch };
  const errors = response.errors?.filter((error) => batchOfError(error, fields) === field);
  mergeBatch(execution, own, [own], responseOfPart({ ...response, errors }, part));
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
function isLost({ field: { name }, part }: RequestedEntry, { data, errors = [] }: SubgraphResponse): boolean {
  if (data) return false;
  const failedFields = errors.filter(({ path }) => path?.length === 1);
  const own = (failedFields.length > 0 ? failedFields : errors).filter(({ path }) => path?.[0] === name);
  return own.length === 0 || (part !== undefined && isPartLost({ data, errors: own }, part));
}

/** Several fetches merged into one operation. */
interface MergedFetch {
  send: SendFetch;
  /** The client's variables that it uses. */
  variableUsages: readonly string[];
  /** For each fetch the number of its `_entities` field. */
  numbers: readonly number[];
}

function mergeFetches(fetches: readonly EntityFetch[]): MergedFetch | undefined {
  const nodes = fetches.map(({ node }) => node);
  const [first] = nodes;
  const operations = nodes.map(parseBatchable).filter((one): one is BatchableOperation => one !== undefined);
  if (!first || operations.length < nodes.length) return undefined;
  const numbers = numberFields(operations, fetches.map(isShareable));
  return {
    send: compileSend({ ...first, operation: mergeOperations(operations, numbers) }),
    variableUsages: [...new Set(nodes.flatMap(({ variableUsages = [] }) => variableUsages))],
    numbers,
  };
}

/** Rewriting changes the results of one fetch, and a cache keeps them by its own rules. */
function isShareable({ node: { inputRewrites, outputRewrites }, cacheable }: EntityFetch): boolean {
  return !inputRewrites?.length && !outputRewrites?.length && !cacheable;
}

function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
