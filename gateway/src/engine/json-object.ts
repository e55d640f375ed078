/** A JSON object as a subgraph sent it. Its field names are chosen by clients and may be any name, `__proto__` included. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The one name that plain assignment does not store as an own property. */
const prototypeName = '__proto__';

/** Reads a field that was sent. Inherited members, which are functions or the prototype, read as undefined. */
export function own(object: JsonObject, name: string): unknown {
  const value = object[name];
  if (typeof value === 'function') return undefined;
  return name !== prototypeName || Object.hasOwn(object, name) ? value : undefined;
}

/** Sets a field under any name. */
export function put(target: JsonObject, name: string, value: unknown): void {
  if (name !== prototypeName) target[name] = value;
  else Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Deeply adds the fields of `source` to `target`. Lists of equal length are merged item by item. */
export function merge(target: JsonObject, source: JsonObject | null | undefined): JsonObject {
  if (source === null || source === undefined) return target;
  for (const name of Object.keys(source)) {
    const value = source[name];
    if (value !== undefined) mergeField(target, name, value);
  }
  return target;
}

/** JSON text that is equal for equal values: clients send the fields of an object in any order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isJsonObject(part) ? sortFields(part) : part));
}

function sortFields(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A deep copy. */
export function copyJson<Json>(value: Json): Json {
  if (Array.isArray(value)) return value.map(copyJson) as Json;
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) put(copy, name, copyJson(value[name]));
  return copy as Json;
}

function mergeField(target: JsonObject, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return put(target, name, value);
  const present = own(target, name);
  if (isJsonObject(present) && isJsonObject(value)) merge(present, value);
  else if (Array.isArray(present) && Array.isArray(value) && present.length === value.length)
    mergeItems(present, value);
  else put(target, name, value);
}

function mergeItems(target: unknown[], source: readonly unknown[]): void {
  for (const [index, value] of source.entries()) {
    const present = target[index];
    if (isJsonObject(present) && isJsonObject(value)) merge(present, value);
    else target[index] = value;
  }
}
