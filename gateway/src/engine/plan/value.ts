/** An object as a subgraph sent it. */
export type Value = Record<string, unknown>;

export function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The one name by which setting a value means something else. */
const prototypeName = '__proto__';

/** What was sent under this name. Whatever else an object answers to is a function, or its prototype. */
export function own(value: Value, name: string): unknown {
  const found = value[name];
  if (typeof found === 'function') return undefined;
  return name !== prototypeName || Object.hasOwn(value, name) ? found : undefined;
}

export function put(target: Value, name: string, value: unknown): void {
  if (name !== prototypeName) target[name] = value;
  else Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Adds to `target` what `source` knows besides; lists of one length are added to item by item. */
export function merge(target: Value, source: Value | null | undefined): Value {
  if (source === null || source === undefined) return target;
  for (const name of Object.keys(source)) {
    const value = source[name];
    if (value !== undefined) mergeField(target, name, value);
  }
  return target;
}

/** A copy that nothing else writes into. */
export function copied<Json>(value: Json): Json {
  if (Array.isArray(value)) return value.map(copied) as Json;
  if (!isValue(value)) return value;
  const copy: Value = {};
  for (const name of Object.keys(value)) put(copy, name, copied(value[name]));
  return copy as Json;
}

function mergeField(target: Value, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return put(target, name, value);
  const present = own(target, name);
  if (isValue(present) && isValue(value)) merge(present, value);
  else if (Array.isArray(present) && Array.isArray(value) && present.length === value.length)
    mergeItems(present, value);
  else put(target, name, value);
}

function mergeItems(target: unknown[], source: readonly unknown[]): void {
  for (const [index, value] of source.entries()) {
    const present = target[index];
    if (isValue(present) && isValue(value)) merge(present, value);
    else target[index] = value;
  }
}
