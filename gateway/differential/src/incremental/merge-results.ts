import type { LaterResult } from '@marquee/gateway/engine/planner/started-operation';

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/**
 * Merges the later parts of a result into its data, as clients do.
 * @throws Error for a part that arrives before the one that contains it, or twice
 */
export function mergeResults(data: unknown, results: readonly LaterResult[]): unknown {
  const root = { data: structuredClone(data) };
  for (const { parts } of results)
    for (const { path, from, value } of parts) {
      const [parent, key] = placeOf(root, path);
      if (from === undefined) mergeFields(parent, key, value);
      else appendItems(parent[key], from, value);
    }
  return root.data;
}

/** The object or list that contains a path, and the key in it. */
function placeOf(root: Container, path: Path): [Container, string | number] {
  const keys: Path = ['data', ...path];
  let current = root;
  for (const key of keys.slice(0, -1)) current = current[key] as Container;
  const last = keys.at(-1) as string | number;
  const value = current[last];
  if (typeof value === 'object' && value !== null) return [current, last];
  throw new Error(`A part arrived at ${path.join('.')}, where there is nothing.`);
}

/** A part that is null as a whole changes nothing. */
function mergeFields(parent: Container, key: string | number, value: unknown): void {
  if (value !== null) parent[key] = merged(parent[key], value);
}

function merged(target: unknown, source: unknown): unknown {
  if (typeof target !== 'object' || target === null || typeof source !== 'object' || source === null) return source;
  for (const [key, value] of Object.entries(source))
    (target as Container)[key] = Object.hasOwn(target, key) ? merged((target as Container)[key], value) : value;
  return target;
}

function appendItems(list: unknown, from: number, items: unknown): void {
  if (!Array.isArray(list) || !(items === null || Array.isArray(items))) throw new Error('Items are for a list.');
  if (list.length < from) throw new Error(`The list has ${list.length} items, and the next part begins at ${from}.`);
  for (const [index, item] of (items ?? []).entries()) list[from + index] = merged(list[from + index], item);
}
