import { isValue, own } from './value.js';

/** Where in the answer a step of the plan works: a path, and what is there now. */
export interface Place {
  path: PlanPath;
  data: unknown;
}

/** Names of fields, and `@` for every item of a list. */
export type PlanPath = readonly (string | number)[];

export type ConcretePath = (string | number)[];

/** Goes on from a place; undefined when there is nothing. */
export function placeBelow({ path, data }: Place, more: PlanPath): Place | undefined {
  const found = valuesAt(data, more, 0);
  return found ? { path: path.length === 0 ? more : [...path, ...more], data: found } : undefined;
}

/** The objects of a place, in order. */
export function entitiesAt({ data }: Place): unknown[] {
  return Array.isArray(data) ? data.filter((one) => one !== null && one !== undefined) : [data];
}

/** Where the objects of a place are, in the same order. @param root the whole answer */
export function pathsAt(root: unknown, path: PlanPath): ConcretePath[] {
  const found: ConcretePath[] = [];
  collectPaths(root, path, [], found);
  return found;
}

function valuesAt(value: unknown, path: PlanPath, from: number): unknown {
  let current = value;
  for (let index = from; index < path.length; index++) {
    if (current === undefined || current === null) return current;
    const step = path[index] as string;
    if (step === '@') return itemsAt(current as unknown[], path, index + 1);
    // A client may give a field the name of a key, which is there in its place when the field was refused.
    if (!isValue(current)) return undefined;
    current = own(current, step);
  }
  return current;
}

function itemsAt(list: unknown[], path: PlanPath, from: number): unknown[] {
  if (!Array.isArray(list)) throw new Error('A subgraph sent something else than a list.');
  const found: unknown[] = [];
  for (const item of list) {
    const value = valuesAt(item, path, from);
    if (Array.isArray(value)) for (const one of value) found.push(one);
    else found.push(value);
  }
  return found;
}

function collectPaths(value: unknown, [step, ...rest]: PlanPath, way: ConcretePath, found: ConcretePath[]): void {
  if (value === null || value === undefined) return;
  if (step === undefined) found.push(way);
  else if (Array.isArray(value)) collectItems(value, step === '@' ? rest : [step, ...rest], way, found);
  else if (isValue(value)) collectPaths(own(value, step as string), rest, [...way, step], found);
}

function collectItems(list: readonly unknown[], path: PlanPath, way: ConcretePath, found: ConcretePath[]): void {
  for (const [index, item] of list.entries()) collectPaths(item, path, [...way, index], found);
}
