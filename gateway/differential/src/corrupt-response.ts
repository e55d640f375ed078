import { canonicalJson } from './canonical-json.js';
import type { SubgraphResponse } from './drawn-subgraph.js';
import type { FetchDocument } from './fetch-document.js';
import { hash } from './hash.js';
import { typenameAliases } from './operations/selections.js';

/**
 * Puts values into a response that the schema does not allow: nulls without an error, missing fields and leaves of other
 * types. A malformed response also has scalars in place of lists and objects.
 */
export function corruptResponse(
  seed: string,
  { roots }: FetchDocument,
  variables: Record<string, unknown>,
  response: SubgraphResponse,
  isMalformed: boolean,
): SubgraphResponse {
  for (const { name, representations } of roots) {
    const value = response.data?.[name];
    const requested = representations === undefined ? undefined : variables[representations];
    // By representation and not by index, for an executor may send equal representations once.
    if (Array.isArray(requested) && Array.isArray(value)) {
      value.forEach((entity, index) => corruptFields(entity, seed + canonicalJson(requested[index]), isMalformed));
    } else {
      corruptFields(value, `${seed}.${name}`, isMalformed);
    }
  }
  return response;
}

function corruptFields(value: unknown, seed: string, isMalformed: boolean): void {
  if (typeof value !== 'object' || value === null) return;
  const parent = value as Record<string, unknown>;
  for (const key of Object.keys(parent)) {
    if (key === '__typename' || typenameAliases.includes(key)) continue;
    const place = `${seed}.${key}`;
    if (hash(place) % 40 === 0) corruptField(parent, key, hash(`${place} way`), isMalformed);
    else corruptFields(parent[key], place, isMalformed);
  }
}

function corruptField(parent: Record<string, unknown>, key: string, way: number, isMalformed: boolean): void {
  const value = parent[key];
  const isLeaf = typeof value !== 'object' || value === null;
  if (way % 4 === 0 && !Array.isArray(parent)) Reflect.deleteProperty(parent, key);
  else if (way % 4 < 3 || (!isLeaf && !isMalformed)) parent[key] = null;
  else parent[key] = typeof value === 'string' ? 12.5 : 'something else';
}
