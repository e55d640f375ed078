import { hash } from 'node:crypto';
import { callerKey } from '@marquee/chassis/identity/caller-key';
import type { CacheableResult } from '../engine/caching/cacheable-fetch.js';
import type { CacheablePart, RequestCaching, SubgraphRequest } from '../engine/fetcher.js';
import type { JsonObject } from '../engine/json-object.js';
import type { OperationContext } from '../engine/operation-context.js';
import { serviceTag } from './cache-store.js';

/** One result of a request that may be in the cache: an entity, or all root fields. */
export interface CacheSlot {
  /** Which list of entities it belongs to, and its index there. Both are 0 for root fields. */
  part: number;
  index: number;
  key: string;
  tags: readonly string[];
  policy: CacheableResult['policy'];
}

/** A request with the caching of its parts. */
export type CacheableRequest = SubgraphRequest & { caching: RequestCaching };

/** The results of a request that may be in the cache. */
export function slotsOf(subgraph: string, request: CacheableRequest, { caller }: OperationContext): CacheSlot[] {
  const ownerOf = ({ policy }: CacheableResult): string | undefined =>
    policy.scope === 'PRIVATE' ? callerKey(caller) : undefined;
  return request.caching.parts.flatMap((part, number): CacheSlot[] => {
    if (!part) return [];
    const slotAt = (index: number, result: CacheableResult | undefined, input: SlotInput): CacheSlot[] => {
      const tags = result?.tags.map((write) => write(input.values)) ?? [];
      if (!result || !tags.every((tag) => tag !== undefined)) return [];
      const key = keyOf(part, ownerOf(result), input.representation);
      return [{ part: number, index, key, tags: [serviceTag(subgraph), ...tags], policy: result.policy }];
    };
    if (part.fetch.root) return slotAt(0, part.fetch.root, { values: part.variables, representation: undefined });
    return (request.entities[number]?.representations ?? []).flatMap((representation, index) => {
      const values = JSON.parse(representation) as JsonObject;
      return slotAt(index, part.fetch.entities.get(String(values['__typename'])), { values, representation });
    });
  });
}

interface SlotInput {
  /** Values for the tags. */
  values: JsonObject;
  representation: string | undefined;
}

/** Results with equal keys are equal. @param owner the only caller that may have the result; undefined: everyone */
function keyOf({ fetch, variables }: CacheablePart, owner: string | undefined, representation?: string): string {
  return hash('sha256', JSON.stringify([fetch.id, owner ?? null, representation ?? null, variables]), 'base64url');
}
