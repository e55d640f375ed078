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
  /** By entity, the index of what represents it; -1 for one that is not asked for. */
  asked: number[];
}

const notAsked = -1;

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
      settleAll(batch, checked(received, batch.representations.length), rewriteOutput);
    },
    fail(run, batch, error) {
      for (const path of pathsOf(run, batch, error.path))
        run.errors.push(downstreamError(error, node.serviceName, path));
    },
  };
}

function compileGathering(represent: Representing, isRewritten: boolean): EntityPart['gather'] {
  return (place, chosen) => {
    const entities = entitiesAt(place);
    const batch: Batch = { place, entities, representations: [], asked: [] };
    const known = new Map<string, number>();
    for (let index = 0; index < entities.length; index++) {
      const entity = entities[index];
      const representation = !chosen || chosen.has(index) ? represent(entity) : undefined;
      if (representation === undefined) {
        batch.asked.push(notAsked);
        continue;
      }
      // Entities of several types may have one representation once it is rewritten: their answers are theirs alone.
      const key = isRewritten ? `${String((entity as Value)['__typename'])} ${representation}` : representation;
      const met = known.get(key) ?? batch.representations.push(representation) - 1;
      if (met === known.size) known.set(key, met);
      batch.asked.push(met);
    }
    return batch.representations.length > 0 ? batch : undefined;
  };
}

function checked(received: unknown, expected: number): unknown[] {
  if (!Array.isArray(received)) throw new Error('Expected "data._entities" in response to be an array');
  if (received.length === expected) return received;
  throw new Error(`Expected "data._entities" to contain ${expected} elements`);
}

/** Representations are numbered as they are met, so an answer that is met for the first time is the next. */
function settleAll({ entities, asked }: Batch, answers: readonly unknown[], rewrite: Rewrite | undefined): void {
  let next = 0;
  for (let index = 0; index < entities.length; index++) {
    const one = asked[index] as number;
    if (one === notAsked) continue;
    const answer = answers[one];
    const isNew = one === next;
    if (isNew) next += 1;
    if (!isValue(answer)) continue;
    if (isNew && rewrite) rewriteAs(entities[index] as Value, answer, rewrite);
    merge(entities[index] as Value, answer);
  }
}

function rewriteAs({ __typename: said }: Value, answer: Value, rewrite: Rewrite): void {
  if (!answer['__typename']) put(answer, '__typename', said);
  rewrite(answer);
}

/** The places of an error: those of the entities that it is about, or the one that it names itself. */
function pathsOf(
  { data }: Run,
  { place, asked }: Batch,
  path: readonly (string | number)[] | undefined,
): (ConcretePath | undefined)[] {
  const index = path?.[1];
  if (path === undefined) return [undefined];
  if (typeof index !== 'number') return [[...place.path, '_entities', ...path.slice(1)]];
  const paths = pathsAt(data, place.path);
  return asked.flatMap((one, entity) => (one === index ? [[...(paths[entity] ?? []), ...path.slice(2)]] : []));
}
