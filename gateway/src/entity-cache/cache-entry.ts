import { type JsonObject, isJsonObject } from '../engine/json-object.js';

/** A result that was read from the cache. */
export interface CachedResult {
  data: JsonObject;
  /** Milliseconds until it expires. */
  remainingMs: number;
}

/** Writes a result with the versions that its tags had before it was fetched. */
export function writeEntry(data: JsonObject, versions: readonly string[], ttlMs: number): string {
  return `${JSON.stringify([Date.now() + ttlMs, versions])}\n${JSON.stringify(data)}`;
}

/** Reads an entry; undefined if it has expired or one of its tags was invalidated. */
export function readEntry(text: string, versions: readonly string[]): CachedResult | undefined {
  const end = text.indexOf('\n');
  const head = parse(text.slice(0, end));
  if (!Array.isArray(head)) return undefined;
  const [expiresAt, stored] = head as [unknown, unknown];
  if (!Array.isArray(stored) || stored.length !== versions.length) return undefined;
  if (!stored.every((version, index) => version === versions[index])) return undefined;
  const remainingMs = Number(expiresAt) - Date.now();
  const data = remainingMs > 0 ? parse(text.slice(end + 1)) : undefined;
  return isJsonObject(data) ? { data, remainingMs } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
