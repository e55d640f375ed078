import { canonical } from './canonical.js';
import type { FetchDocument } from './fetch-document.js';
import { hash } from './hash.js';
import type { SubgraphResponse } from './subgraph.js';

/**
 * Puts values into an answer that the schema does not allow: nulls without an error, missing fields, leaves of
 * other types, and where it is to be absurd, scalars in place of lists and objects.
 */
export function spoil(
  seed: string,
  { roots }: FetchDocument,
  variables: Record<string, unknown>,
  answer: SubgraphResponse,
  absurd: boolean,
): SubgraphResponse {
  for (const { name, representations } of roots) {
    const value = answer.data?.[name];
    const asked = representations === undefined ? undefined : variables[representations];
    // By representation and not by index, for an executor may send those that are alike once.
    if (Array.isArray(asked) && Array.isArray(value)) {
      value.forEach((entity, index) => spoilWithin({ absurd }, entity, seed + canonical(asked[index])));
    } else {
      spoilWithin({ absurd }, value, `${seed}.${name}`);
    }
  }
  return answer;
}

interface Manner {
  absurd: boolean;
}

function spoilWithin(manner: Manner, value: unknown, seed: string): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    if (key === '__typename') continue;
    const place = `${seed}.${key}`;
    if (hash(place) % 40 === 0) change(manner, holder, key, hash(`${place} way`));
    else spoilWithin(manner, holder[key], place);
  }
}

function change({ absurd }: Manner, holder: Record<string, unknown>, key: string, way: number): void {
  const value = holder[key];
  const isLeaf = typeof value !== 'object' || value === null;
  if (way % 4 === 0 && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else if (way % 4 < 3 || (!isLeaf && !absurd)) holder[key] = null;
  else holder[key] = typeof value === 'string' ? 12.5 : 'something else';
}
