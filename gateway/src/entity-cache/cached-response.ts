import { type CacheHint, hintOfHeaders } from '../engine/caching/cache-policy.js';
import type { EntityRequest, SubgraphResponse } from '../engine/fetcher.js';
import { type JsonObject, own, put } from '../engine/json-object.js';
import type { CachedResult } from './cache-entry.js';
import type { CacheableRequest, CacheSlot } from './cache-slots.js';

/** Results by part and index. */
export type Hits = ReadonlyMap<string, CachedResult & { slot: CacheSlot }>;

export function placeOf(part: number, index: number): string {
  return `${part} ${index}`;
}

/** Puts the results from the cache in their places among those that were fetched. */
export function assembleResponse(
  request: CacheableRequest,
  hits: Hits,
  fetched: SubgraphResponse | undefined,
): SubgraphResponse {
  const cacheControl = headerOf([
    ...[...hits.values()].map(({ remainingMs, slot }) => ({
      maxAge: Math.floor(remainingMs / 1000),
      scope: slot.policy.scope,
    })),
    ...(fetched?.cacheControl === undefined ? [] : [hintOfHeaders(fetched.cacheControl, fetched.age)]),
  ]);
  const [root] = request.entities.length === 0 ? hits.values() : [];
  if (root) return { data: root.data, cacheControl };
  // With several lists, each is fetched again alone when an error has emptied the whole response.
  if (fetched && !fetched.data && request.entities.length > 1) return fetched;
  const data: JsonObject = {};
  for (const [part, list] of request.entities.entries())
    put(data, list.name, entitiesOf(list, part, { hits, fetched }));
  return {
    data,
    errors: fetched?.errors?.map((error) => atOriginalIndex(error, request.entities, hits)),
    cacheControl,
  };
}

function entitiesOf(
  { name, representations }: EntityRequest,
  part: number,
  { hits, fetched }: { hits: Hits; fetched: SubgraphResponse | undefined },
): unknown[] {
  const received = fetched?.data ? own(fetched.data, name) : undefined;
  const others = (Array.isArray(received) ? (received as unknown[]) : []).values();
  return representations.map((_, index) => hits.get(placeOf(part, index))?.data ?? others.next().value ?? null);
}

export type SubgraphError = NonNullable<SubgraphResponse['errors']>[number];

/** The path of an error counts the entities that were requested; in the response it counts all. */
function atOriginalIndex(error: SubgraphError, entities: readonly EntityRequest[], hits: Hits): SubgraphError {
  const [name, index, ...rest] = error.path ?? [];
  const part = entities.findIndex((one) => one.name === name);
  if (part < 0 || name === undefined || typeof index !== 'number') return error;
  const requested = [...(entities[part]?.representations.keys() ?? [])].filter((one) => !hits.has(placeOf(part, one)));
  return { ...error, path: [name, requested[index] ?? index, ...rest] };
}

function headerOf(hints: readonly CacheHint[]): string {
  const maxAge = Math.min(...hints.map((hint) => hint.maxAge ?? Infinity));
  const scope = hints.some((hint) => hint.scope === 'PRIVATE') ? 'private' : 'public';
  if (maxAge === 0) return 'no-store';
  return maxAge === Infinity ? scope : `max-age=${maxAge}, ${scope}`;
}
