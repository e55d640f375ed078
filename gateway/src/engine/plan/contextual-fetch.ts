import type { FetchDataKeyRenamer, FetchNode } from '@apollo/query-planner';
import { compileSendingBatch } from './entity-fetch.js';
import { compileEntityPart } from './entity-part.js';
import type { Kinds } from './kinds.js';
import { entitiesAt, type PlanPath } from './place.js';
import type { Step } from './run.js';
import { isValue, own, type Value } from './value.js';

/**
 * A fetch of entities with arguments that are values of what is around them (`@fromContext`). An operation has one
 * value for a variable, so there is one request for all entities that see the same around them.
 */
export function compileContextualFetch(node: FetchNode, kinds: Kinds): Step {
  const part = compileEntityPart(node, kinds);
  const exchange = compileSendingBatch(node, part);
  const readers = (node.contextRewrites ?? []).map((rewrite) => compileReader(kinds, rewrite));
  return async (run, place) => {
    const groups = groupBy(surroundings(run.data, place.path), readers);
    const entities = entitiesAt(place);
    const exchanges = groups.map(async ({ values, indices }) => {
      const batch = part.gather({ ...place, data: entities }, indices);
      if (batch) await exchange(run, batch, values);
    });
    const failure = (await Promise.allSettled(exchanges)).find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  };
}

interface Group {
  /** By variable. */
  values: Value;
  /** The entities that see these values. */
  indices: Set<number>;
}

function groupBy(entities: readonly Ancestors[], readers: readonly Reader[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, ancestors] of entities.entries()) {
    const values: Value = {};
    for (const read of readers) read(ancestors, values);
    const key = JSON.stringify(values);
    const group = groups.get(key) ?? { values, indices: new Set() };
    groups.set(key, group);
    group.indices.add(index);
  }
  return [...groups.values()];
}

/** An object and the objects around it, the nearest last. */
type Ancestors = readonly Value[];

/** Sets a variable to what is found around an entity. */
type Reader = (ancestors: Ancestors, values: Value) => void;

function compileReader(kinds: Kinds, { path, renameKeyTo }: FetchDataKeyRenamer): Reader {
  const up = path.filter((step) => step === '..').length;
  const steps = path.slice(up).map((step) => compileReadingStep(kinds, step));
  return (ancestors, values) => {
    const found = steps.reduce<unknown>((value, step) => step(value), ancestors.at(-1 - up));
    if (found !== undefined) values[renameKeyTo] = found;
  };
}

function compileReadingStep(kinds: Kinds, step: string): (value: unknown) => unknown {
  const [, typeName] = /^\.\.\. on (.*)$/.exec(step) ?? [];
  if (typeName === undefined) return (value) => (isValue(value) ? own(value, step) : undefined);
  const fits = kinds.test(typeName);
  return (value) => (isValue(value) && fits(value, true) ? value : undefined);
}

/** What is around the objects at a path, in their order. */
function surroundings(root: Value, path: PlanPath): Ancestors[] {
  const found: Ancestors[] = [];
  collect(root, path, [], found);
  return found;
}

function collect(value: unknown, [step, ...rest]: PlanPath, around: Ancestors, found: Ancestors[]): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    const next = step === '@' || step === undefined ? rest : [step, ...rest];
    for (const item of value) collect(item, next, around, found);
  } else if (isValue(value)) {
    const here = [...around, value];
    if (step === undefined) found.push(here);
    else collect(own(value, step as string), rest, here, found);
  }
}
