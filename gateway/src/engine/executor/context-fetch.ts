import type { FetchDataKeyRenamer, FetchNode } from '@apollo/query-planner';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { isJsonObject, type JsonObject, own } from '../json-object.js';
import { compileEntitiesField } from './entity-batch.js';
import { compileBatchFetch } from './entity-fetch.js';
import type { PlanStep } from './execution-context.js';
import type { PossibleTypes } from './possible-types.js';
import { entitiesAt, type PlanPath } from './response-position.js';

/**
 * Compiles a fetch of entities with arguments from `@fromContext`, which are read from the objects that enclose an
 * entity. A variable has one value per request, so there is one request for all entities with equal context values.
 */
export function compileContextFetch(node: FetchNode, possibleTypes: PossibleTypes): PlanStep {
  const field = compileEntitiesField(node, possibleTypes);
  const fetchBatch = compileBatchFetch({ node, field, cacheable: undefined });
  const readers = (node.contextRewrites ?? []).map((rewrite) => compileReader(possibleTypes, rewrite));
  return async (execution, position) => {
    const groups = groupByContext(ancestorsAt(execution.data, position.path), readers);
    const entities = entitiesAt(position);
    const fetches = groups.map(async ({ values, indices }) => {
      const batch = field.collectRepresentations({ ...position, data: entities }, indices);
      if (batch) await fetchBatch(execution, batch, values);
    });
    const failure = (await Promise.allSettled(fetches)).find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  };
}

/** Entities with equal context values. */
interface ContextGroup {
  /** By variable. */
  values: JsonObject;
  /** Indices of the entities. */
  indices: Set<number>;
}

function groupByContext(entities: readonly Ancestors[], readers: readonly ReadVariable[]): ContextGroup[] {
  const groups = new Map<string, ContextGroup>();
  for (const [index, ancestors] of entities.entries()) {
    const values: JsonObject = {};
    for (const read of readers) read(ancestors, values);
    const key = JSON.stringify(values);
    getOrCreate(groups, key, () => ({ values, indices: new Set<number>() })).indices.add(index);
  }
  return [...groups.values()];
}

/** The objects from the root to an entity, which is the last. */
type Ancestors = readonly JsonObject[];

/** Sets a variable to its value in the context of an entity. */
type ReadVariable = (ancestors: Ancestors, values: JsonObject) => void;

function compileReader(possibleTypes: PossibleTypes, { path, renameKeyTo }: FetchDataKeyRenamer): ReadVariable {
  const up = path.filter((step) => step === '..').length;
  const steps = path.slice(up).map((step) => compilePathStep(possibleTypes, step));
  return (ancestors, values) => {
    const found = steps.reduce<unknown>((value, step) => step(value), ancestors.at(-1 - up));
    if (found !== undefined) values[renameKeyTo] = found;
  };
}

function compilePathStep(possibleTypes: PossibleTypes, step: string): (value: unknown) => unknown {
  const [, typeName] = /^\.\.\. on (.*)$/.exec(step) ?? [];
  if (typeName === undefined) return (value) => (isJsonObject(value) ? own(value, step) : undefined);
  const matches = possibleTypes.matcher(typeName);
  return (value) => (isJsonObject(value) && matches(value, true) ? value : undefined);
}

/** The ancestors of each object at a path, in order. */
function ancestorsAt(root: JsonObject, path: PlanPath): Ancestors[] {
  const found: Ancestors[] = [];
  collectAncestors(root, path, [], found);
  return found;
}

function collectAncestors(value: unknown, [step, ...rest]: PlanPath, outer: Ancestors, found: Ancestors[]): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    const next = step === '@' || step === undefined ? rest : [step, ...rest];
    for (const item of value) collectAncestors(item, next, outer, found);
  } else if (isJsonObject(value)) {
    const chain = [...outer, value];
    if (step === undefined) found.push(chain);
    else collectAncestors(own(value, step as string), rest, chain, found);
  }
}
