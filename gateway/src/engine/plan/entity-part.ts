import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import { downstreamError } from './failure.js';
import type { Kinds } from './kinds.js';
import { type ConcretePath, entitiesAt, pathsAt, type Place } from './place.js';
import { compileRepresentation, type Representing } from './representation.js';
import { compileRewrites, type Rewrite } from './rewrite.js';
import type { Run } from './run.js';
import { isValue, merge, put, type Value } from './value.js';

/** The entities that are asked of a subgraph, each once however often it is met. */
export interface Batch {
  place: Place;
  entities: readonly unknown[];
  /** As JSON. */
  representations: string[];
  /** By representation, the indices of the entities that it stands for. */
  owners: number[][];
}

/** One `_entities` field of an operation for a subgraph. */
export interface EntityPart {
  /**
   * Collects what there is to ask at a place; undefined when there is nothing.
   * @param chosen the indices of the entities that count, if not all do
   */
  gather(place: Place, chosen?: ReadonlySet<number>): Batch | undefined;
  /** Takes in what came for the batch. @throws when that is not what was asked for */
  settle(run: Run, batch: Batch, received: unknown): void;
  /** Tells an error of the subgraph, at each entity that it is about. */
  fail(run: Run, batch: Batch, error: GraphQLFormattedError): void;
}

export function compileEntityPart(node: FetchNode, kinds: Kinds): EntityPart {
  const rewriteInput = compileRewrites(kinds, node.inputRewrites);
  const represent = compileRepresentation(kinds, node.requires ?? [], rewriteInput);
  const rewriteOutput = compileRewrites(kinds, node.outputRewrites);
  return {
    gather: compileGathering(represent, rewriteInput !== undefined),
    settle(_, batch, received) {
      const entities = checked(received, batch.representations.length);
      for (const [index, entity] of entities.entries())
        if (isValue(entity)) settleOne(batch, index, entity, rewriteOutput);
    },
    fail(run, batch, error) {
      for (const path of pathsOf(run, batch, error.path))
        run.errors.push(downstreamError(error, node.serviceName, path));
    },
  };
}

function compileGathering(represent: Representing, isRewritten: boolean): EntityPart['gather'] {
  return (place, chosen) => {
    const batch: Batch = { place, entities: entitiesAt(place), representations: [], owners: [] };
    const known = new Map<string, number>();
    for (let index = 0; index < batch.entities.length; index++) {
      const entity = batch.entities[index];
      const representation = !chosen || chosen.has(index) ? represent(entity) : undefined;
      if (representation === undefined) continue;
      // Entities of several types may have one representation once it is rewritten: their answers are theirs alone.
      const key = isRewritten ? `${String((entity as Value)['__typename'])} ${representation}` : representation;
      const met = known.get(key);
      if (met !== undefined) {
        batch.owners[met]?.push(index);
        continue;
      }
      known.set(key, batch.representations.push(representation) - 1);
      batch.owners.push([index]);
    }
    return batch.representations.length > 0 ? batch : undefined;
  };
}

function checked(received: unknown, expected: number): unknown[] {
  if (!Array.isArray(received)) throw new Error('Expected "data._entities" in response to be an array');
  if (received.length === expected) return received;
  throw new Error(`Expected "data._entities" to contain ${expected} elements`);
}

function settleOne({ entities, owners }: Batch, index: number, received: Value, rewrite: Rewrite | undefined): void {
  const here = owners[index] ?? [];
  if (rewrite) {
    const { __typename: said } = entities[here[0] ?? 0] as Value;
    if (!received['__typename']) put(received, '__typename', said);
    rewrite(received);
  }
  for (const owner of here) merge(entities[owner] as Value, received);
}

/** The places of an error: those of the entities that it is about, or the one that it names itself. */
function pathsOf(
  { data }: Run,
  { place, owners }: Batch,
  path: readonly (string | number)[] | undefined,
): (ConcretePath | undefined)[] {
  const index = path?.[1];
  if (path === undefined) return [undefined];
  if (typeof index !== 'number') return [[...place.path, '_entities', ...path.slice(1)]];
  const paths = pathsAt(data, place.path);
  return (owners[index] ?? []).map((owner) => [...(paths[owner] ?? []), ...path.slice(2)]);
}
