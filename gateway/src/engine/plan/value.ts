/** An object as a subgraph sent it. */
export type Value = Record<string, unknown>;

/** Objects have these names without having been sent them. */
const inherited = Object.prototype as unknown as Value;

export function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was sent under this name; whatever else an object answers to is none of a subgraph's words. */
export function own(value: Value, name: string): unknown {
  return name in inherited && !Object.hasOwn(value, name) ? undefined : value[name];
}

/** Sets what a name stands for, also where the language means something else by it. */
export function put(target: Value, name: string, value: unknown): void {
  if (name in inherited)
    Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true });
  else target[name] = value;
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
