import { tagVersionAge } from '@marquee/chassis/caching/tag-versions';
import { hintOfHeaders, restrictPolicy } from '../engine/caching/cache-policy.js';
import type { Fetcher, SubgraphResponse } from '../engine/fetcher.js';
import { isJsonObject, own } from '../engine/json-object.js';
import type { OperationContext } from '../engine/operation-context.js';
import { type CachedResult, readEntry, writeEntry } from './cache-entry.js';
import { cacheLookups } from './cache-metrics.js';
import { type CacheableRequest, type CacheSlot, slotsOf } from './cache-slots.js';
import type { CacheStore, StoreEntry } from './cache-store.js';
import { assembleResponse, type Hits, placeOf, type SubgraphError } from './cached-response.js';

/** Maximum milliseconds for which a result is kept, whatever its hints say. Tag versions are kept longer. */
const maxTtlMs = 24 * 60 * 60 * 1000;

/**
 * Milliseconds after an invalidation in which results with the tag are not kept: a service whose store is eventually
 * consistent may still read the previous values.
 */
const settlingMs = 1_000;

/** Maximum characters of a result that is kept. */
const maxResultLength = 256 * 1024;

/** Answers fetches from the cache as far as possible, and fetches the rest. */
export function createCachedFetcher(fetcher: Fetcher, store: CacheStore): Fetcher {
  return {
    fetch(subgraph, request, context) {
      if (request.caching) return fetchCached({ fetcher, store, subgraph }, request as CacheableRequest, context);
      const response = fetcher.fetch(subgraph, request, context);
      return request.kind === 'mutation' ? response.finally(() => store.onMutation(subgraph)) : response;
    },
  };
}

interface CachedSubgraph {
  fetcher: Fetcher;
  store: CacheStore;
  subgraph: string;
}

async function fetchCached(
  { fetcher, store, subgraph }: CachedSubgraph,
  request: CacheableRequest,
  context: OperationContext,
): Promise<SubgraphResponse> {
  const slots = slotsOf(subgraph, request, context);
  const lookup = slots.length === 0 ? undefined : await look(store, slots);
  if (!lookup) return fetcher.fetch(subgraph, request, context);
  countLookups(subgraph, lookup);
  const { hits } = lookup;
  if (isComplete(request, hits)) return assembleResponse(request, hits, undefined);
  const rest = hits.size === 0 ? request : withoutHits(request, hits);
  const response = await fetcher.fetch(subgraph, rest, context);
  const whole = hits.size === 0 ? response : assembleResponse(request, hits, response);
  store.write(entriesOf(request, lookup, { ...whole, cacheControl: response.cacheControl, age: response.age }));
  return whole;
}

/** The results that the cache has for a request. */
interface Lookup {
  slots: readonly CacheSlot[];
  hits: Hits;
  versions: ReadonlyMap<string, string>;
}

async function look(store: CacheStore, slots: readonly CacheSlot[]): Promise<Lookup | undefined> {
  const tags = [...new Set(slots.flatMap((slot) => slot.tags))];
  const reading = await store.read(
    slots.map(({ key }) => key),
    tags,
  );
  if (!reading) return undefined;
  const versions = new Map(tags.map((tag, index) => [tag, reading.versions[index] ?? '']));
  const hits = new Map<string, CachedResult & { slot: CacheSlot }>();
  for (const [position, slot] of slots.entries()) {
    const text = reading.texts[position];
    const found = text && readEntry(text, versionsOf(slot, versions));
    if (found) hits.set(placeOf(slot.part, slot.index), { ...found, slot });
  }
  return { slots, hits, versions };
}

function versionsOf({ tags }: CacheSlot, versions: Lookup['versions']): string[] {
  return tags.map((tag) => versions.get(tag) ?? '');
}

function countLookups(service: string, { slots, hits }: Lookup): void {
  cacheLookups(service, 'hit').value += hits.size;
  cacheLookups(service, 'miss').value += slots.length - hits.size;
}

function isComplete({ entities }: CacheableRequest, hits: Hits): boolean {
  const count = entities.reduce((sum, { representations }) => sum + representations.length, 0);
  return hits.size === Math.max(count, 1);
}

/** The request for the entities that are not in the cache. */
function withoutHits(request: CacheableRequest, hits: Hits): CacheableRequest {
  const entities = request.entities.map(({ name, representations }, part) => ({
    name,
    representations: representations.filter((_, index) => !hits.has(placeOf(part, index))),
  }));
  return { ...request, entities, body: request.caching.bodyFor(entities.map((one) => one.representations)) };
}

/** The results that may be kept. */
function entriesOf(
  request: CacheableRequest,
  { slots, hits, versions }: Lookup,
  response: SubgraphResponse,
): StoreEntry[] {
  const { data, errors = [], cacheControl, age } = response;
  const hint = cacheControl === undefined ? {} : hintOfHeaders(cacheControl, age);
  if (!data || hint.maxAge === 0 || errors.some((error) => !belongsToEntity(error, request))) return [];
  const failed = new Set(errors.map(({ path }) => `${String(path?.[0])} ${String(path?.[1])}`));
  return slots.flatMap((slot): StoreEntry[] => {
    const { part, index, key, policy } = slot;
    const name = request.entities[part]?.name;
    if (hits.has(placeOf(part, index)) || failed.has(`${String(name)} ${index}`)) return [];
    const allowed = restrictPolicy(policy, hint);
    const result = name === undefined ? data : (own(data, name) as unknown[])[index];
    // A null may be a right that the caller lacks, and another scope than that of the key would mix callers.
    if (!allowed || allowed.scope !== policy.scope || !isJsonObject(result)) return [];
    const tagVersions = versionsOf(slot, versions);
    if (tagVersions.some((version) => tagVersionAge(version) < settlingMs)) return [];
    const ttlMs = Math.min(allowed.maxAge * 1000, maxTtlMs);
    const text = writeEntry(result, tagVersions, ttlMs);
    return text.length > maxResultLength ? [] : [{ key, text, ttlMs }];
  });
}

/** Any other error may concern every result. */
function belongsToEntity({ path }: SubgraphError, { entities }: CacheableRequest): boolean {
  return typeof path?.[1] === 'number' && entities.some(({ name }) => name === path[0]);
}
