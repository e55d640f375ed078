import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import { isJsonObject, type JsonObject, type merge, put } from '../json-object.js';
import { markMissing } from '../missing-entity.js';
import { compileRepresentation, type WriteRepresentation } from './entity-representation.js';
import type { ExecutionContext } from './execution-context.js';
import { compileRewrites, type Rewrite } from './fetch-rewrites.js';
import { compileMerge } from './merge-data.js';
import type { PossibleTypes } from './possible-types.js';
import { type ConcretePath, entitiesAt, pathsAt, type ResponsePosition } from './response-position.js';
import { subgraphError } from './subgraph-errors.js';

/** The entities of one fetch. Entities with equal representations are requested once. */
export interface EntityBatch {
  position: ResponsePosition;
  entities: readonly unknown[];
  /** As JSON. */
  representations: string[];
  /** For each entity the index of its representation; -1 for an entity that is not requested. */
  representationIndex: number[];
}

const notRequested = -1;

/** One `_entities` field of a subgraph operation. */
export interface EntitiesField {
  /**
   * Collects the representations of the entities at a position; undefined if no entity must be fetched.
   * @param chosen indices of the entities to fetch; all when absent
   */
  collectRepresentations(position: ResponsePosition, chosen?: ReadonlySet<number>): EntityBatch | undefined;
  /**
   * Merges the fetched entities, and marks those that the subgraph does not find.
   * @param errors the errors of the same response
   * @throws when their number is not that of the representations
   */
  mergeEntities(execution: ExecutionContext, batch: EntityBatch, fetched: unknown, errors?: EntityErrors): void;
  /** Attaches a subgraph error to every entity it refers to. */
  attachError(execution: ExecutionContext, batch: EntityBatch, error: GraphQLFormattedError): void;
}

/** The errors of a response. The second part of their paths is the index of the representation. */
export type EntityErrors = readonly Pick<GraphQLFormattedError, 'path'>[] | undefined;

export function compileEntitiesField(node: FetchNode, possibleTypes: PossibleTypes): EntitiesField {
  const rewriteInput = compileRewrites(possibleTypes, node.inputRewrites);
  const represent = compileRepresentation(possibleTypes, node.requires ?? [], rewriteInput);
  const rewriteOutput = compileRewrites(possibleTypes, node.outputRewrites);
  const mergeEntity = compileMerge(possibleTypes);
  return {
    collectRepresentations: compileCollection(represent, rewriteInput !== undefined),
    mergeEntities(_, batch, fetched, errors) {
      const results = checkEntities(fetched, batch.representations.length);
      mergeAll(batch, results, rewriteOutput, mergeEntity);
      if (results.includes(null)) markAllMissing(batch, results, errors);
    },
    attachError(execution, batch, error) {
      for (const path of errorPaths(execution, batch, error.path))
        execution.errors.push(subgraphError(error, node.serviceName, path));
    },
  };
}

function compileCollection(
  represent: WriteRepresentation,
  isRewritten: boolean,
): EntitiesField['collectRepresentations'] {
  return (position, chosen) => {
    const entities = entitiesAt(position);
    const batch: EntityBatch = { position, entities, representations: [], representationIndex: [] };
    const indices = new Map<string, number>();
    for (let index = 0; index < entities.length; index++) {
      const entity = entities[index];
      const representation = !chosen || chosen.has(index) ? represent(entity) : undefined;
      if (representation === undefined) {
        batch.representationIndex.push(notRequested);
        continue;
      }
      // Rewriting may give entities of different types equal representations; their results must stay separate.
      const key = isRewritten ? `${String((entity as JsonObject)['__typename'])} ${representation}` : representation;
      const found = indices.get(key) ?? batch.representations.push(representation) - 1;
      if (found === indices.size) indices.set(key, found);
      batch.representationIndex.push(found);
    }
    return batch.representations.length > 0 ? batch : undefined;
  };
}

/** @throws Error if it is not a list of the expected length */
export function checkEntities(fetched: unknown, expected: number): unknown[] {
  if (!Array.isArray(fetched)) throw new Error('Expected "data._entities" in response to be an array');
  if (fetched.length === expected) return fetched;
  throw new Error(`Expected "data._entities" to contain ${expected} elements`);
}

/** Representations are numbered in order of first use, so a result is new exactly when its index is the next one. */
function mergeAll(
  { entities, representationIndex }: EntityBatch,
  results: readonly unknown[],
  rewrite: Rewrite | undefined,
  mergeEntity: typeof merge,
): void {
  let next = 0;
  for (let index = 0; index < entities.length; index++) {
    const one = representationIndex[index] as number;
    if (one === notRequested) continue;
    const result = results[one];
    const isNew = one === next;
    if (isNew) next += 1;
    if (!isJsonObject(result)) continue;
    if (isNew && rewrite) rewriteEntity(entities[index] as JsonObject, result, rewrite);
    mergeEntity(entities[index] as JsonObject, result);
  }
}

function markAllMissing(
  { entities, representationIndex }: EntityBatch,
  results: readonly unknown[],
  errors: EntityErrors = [],
): void {
  const failed = new Set(errors.map(({ path }) => path?.[1]));
  for (const [index, one] of representationIndex.entries())
    if (one !== notRequested && results[one] === null && !failed.has(one)) markMissing(entities[index] as JsonObject);
}

function rewriteEntity({ __typename: typename }: JsonObject, result: JsonObject, rewrite: Rewrite): void {
  if (!result['__typename']) put(result, '__typename', typename);
  rewrite(result);
}

/** The response paths of an error: those of the entities that it refers to, or its own path if it names none. */
function errorPaths(
  { data }: ExecutionContext,
  { position, representationIndex }: EntityBatch,
  path: readonly (string | number)[] | undefined,
): (ConcretePath | undefined)[] {
  const index = path?.[1];
  if (path === undefined) return [undefined];
  if (typeof index !== 'number') return [[...position.path, '_entities', ...path.slice(1)]];
  const paths = pathsAt(data, position.path);
  return representationIndex.flatMap((one, entity) =>
    one === index ? [[...(paths[entity] ?? []), ...path.slice(2)]] : [],
  );
}
