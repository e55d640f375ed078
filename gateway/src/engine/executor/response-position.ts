import { isJsonObject, own } from '../json-object.js';

/** Where a plan step works: a path in the response, and the data at that path. */
export interface ResponsePosition {
  path: PlanPath;
  data: unknown;
}

/** Field names, and `@` for every item of a list, or `@from:to` for some of them. */
export type PlanPath = readonly (string | number)[];

/** Field names and list indices. */
export type ConcretePath = (string | number)[];

/** Follows a path from a position; undefined when there is no data. @throws when a subgraph sent no list for `@` */
export function descend({ path, data }: ResponsePosition, more: PlanPath): ResponsePosition | undefined {
  const found = valuesAt(data, more, 0);
  return found ? { path: path.length === 0 ? more : [...path, ...more], data: found } : undefined;
}

/** The objects at a position, in order. */
export function entitiesAt({ data }: ResponsePosition): unknown[] {
  return Array.isArray(data) ? data.filter((one) => one !== null && one !== undefined) : [data];
}

/** The concrete paths of the objects at a path, in the same order. @param root the whole response */
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
    // A client may alias a field to the name of a key; the key is in its place when the field itself was denied.
    if (!isJsonObject(current)) return Array.isArray(current) ? itemsInRange(current, path, index) : undefined;
    current = own(current, step);
  }
  return current;
}

function itemsAt(list: unknown[], path: PlanPath, from: number): unknown[] {
  if (!Array.isArray(list)) throw new Error('A subgraph sent a value that is not a list where a list is expected.');
  const found: unknown[] = [];
  for (const item of list) {
    const value = valuesAt(item, path, from);
    if (Array.isArray(value)) for (const one of value) found.push(one);
    else found.push(value);
  }
  return found;
}

function itemsInRange(list: unknown[], path: PlanPath, index: number): unknown[] | undefined {
  const range = rangeOf(path[index]);
  return range && itemsAt(list.slice(range.from, range.to), path, index + 1);
}

function collectPaths(value: unknown, [step, ...rest]: PlanPath, path: ConcretePath, found: ConcretePath[]): void {
  if (value === null || value === undefined) return;
  if (step === undefined) found.push(path);
  else if (Array.isArray(value)) collectItems(value, [step, ...rest], path, found);
  else if (isJsonObject(value)) collectPaths(own(value, step as string), rest, [...path, step], found);
}

function collectItems(list: readonly unknown[], steps: PlanPath, path: ConcretePath, found: ConcretePath[]): void {
  const range = rangeOf(steps[0]);
  const rest = steps[0] === '@' || range ? steps.slice(1) : steps;
  for (const [index, item] of list.entries())
    if (!range || (index >= range.from && index < range.to)) collectPaths(item, rest, [...path, index], found);
}

/** The items of a list that a step leads to. `to` is the index after the last one. */
interface ItemRange {
  from: number;
  to: number;
}

function rangeOf(step: string | number | undefined): ItemRange | undefined {
  const [, from, to] = /^@(\d+):(\d*)$/.exec(String(step)) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: to ? Number(to) : Infinity };
}

/** A step to the first items of a streamed list, or to the rest, for `resolveStreamedItems`. */
export function streamedItems(label: string, range: 'first' | 'rest'): string {
  return `@${range} ${label}`;
}

/** Whether a step is one of `streamedItems`. */
export function isStreamedItems(step: string | number): boolean {
  return /^@(first|rest) /.test(String(step));
}

/** Whether a path leads to the first items of a streamed list. */
export function leadsToFirst(path: PlanPath, label: string): boolean {
  return path.includes(streamedItems(label, 'first'));
}

/** Replaces the steps to items of streamed lists. @param counts the number of first items, by label */
export function resolveStreamedItems(path: PlanPath, counts: ReadonlyMap<string, number>): PlanPath {
  return path.map((step) => {
    const [, range, label = ''] = /^@(first|rest) (.*)$/.exec(String(step)) ?? [];
    if (range === undefined) return step;
    const count = counts.get(label) ?? 0;
    return range === 'first' ? `@0:${count}` : `@${count}:`;
  });
}
