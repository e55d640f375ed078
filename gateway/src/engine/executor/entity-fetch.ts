import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLFormattedError } from 'graphql';
import type { CacheableFetch } from '../caching/cacheable-fetch.js';
import type { CacheablePart, SubgraphResponse } from '../fetcher.js';
import type { JsonObject } from '../json-object.js';
import { compileEntitiesField, type EntitiesField, type EntityBatch } from './entity-batch.js';
import type { EntityFetchBatcher } from './entity-fetch-batcher.js';
import {
  compileSend,
  type ExecutionContext,
  type FetchInput,
  type InputCaching,
  noWork,
  type PlanStep,
  type SendFetch,
  usedVariables,
} from './execution-context.js';
import type { PossibleTypes } from './possible-types.js';

/** The names of the field and of its variable in a fetch of one batch. */
const entitiesName = '_entities';
const variable = 'representations';

/** Compiles a fetch of entities. */
export function compileEntityFetch(
  node: FetchNode,
  possibleTypes: PossibleTypes,
  { batcher, cacheable }: { batcher: EntityFetchBatcher; cacheable: CacheableFetch | undefined },
): PlanStep {
  const field = compileEntitiesField(node, possibleTypes);
  const fetchBatch = batcher.compile({ node, field, cacheable });
  return (execution, position) => {
    const batch = field.collectRepresentations(position);
    return batch ? fetchBatch(execution, batch) : noWork;
  };
}

/** Fetches a batch of entities and merges them. @param extra variables in addition to those of the client */
export type FetchBatch = (execution: ExecutionContext, batch: EntityBatch, extra?: JsonObject) => Promise<void>;

/** A fetch of entities that is compiled. */
export interface EntityFetch {
  node: FetchNode;
  field: EntitiesField;
  /** How its results may be kept by a cache; undefined if they may not. */
  cacheable: CacheableFetch | undefined;
}

/** Compiles a fetch that sends each batch in a request of its own. */
export function compileBatchFetch({ node, field, cacheable }: EntityFetch): FetchBatch {
  const send: SendFetch = compileSend(node);
  return async (execution, batch, extra) => {
    const used = usedVariables(node.variableUsages, execution);
    const part = cacheable && { fetch: cacheable, variables: used };
    const requested = [{ field, batch, name: entitiesName, variable, part }] as const;
    const input = createBatchInput(extra ? { ...used, ...extra } : used, requested);
    mergeBatch(execution, requested[0], requested, await send(execution, input));
  };
}

/** A batch within a request, which may hold several. */
export interface RequestedBatch {
  field: EntitiesField;
  batch: EntityBatch;
  /** Response name of its `_entities` field. */
  name: string;
  /** Name of its variable. */
  variable: string;
  /** How its entities may be kept by a cache; undefined if they may not. */
  part: CacheablePart | undefined;
}

/** The input of a request for these batches. @param used the other variables of the request */
export function createBatchInput(used: JsonObject, requested: readonly RequestedBatch[]): FetchInput {
  if (variable in used) throw new Error(`Variables cannot contain key "${variable}"`);
  const fixed = JSON.stringify(used).slice(1);
  const lists = requested.map(({ batch: { representations }, variable: name }) => listOf(name, representations));
  const entities = requested.map(({ batch: { representations }, name }) => ({ name, representations }));
  const variables = withLists(lists, fixed);
  if (!requested.some(({ part }) => part)) return { variables, entities };
  const variablesFor: InputCaching['variablesFor'] = (representations) =>
    withLists(
      requested.map(({ variable: name }, index) => listOf(name, representations[index] ?? [])),
      fixed,
    );
  return { variables, entities, caching: { parts: requested.map(({ part }) => part), variablesFor } };
}

function listOf(name: string, representations: readonly string[]): string {
  return `"${name}":[${representations.join(',')}]`;
}

/** @param fixed the other variables as JSON, without the opening bracket */
function withLists(lists: readonly string[], fixed: string): string {
  return `{${lists.join(',')}${fixed === '}' ? '' : ','}${fixed}`;
}

/** Merges the part of a response that belongs to one of the requested batches. */
export function mergeBatch(
  execution: ExecutionContext,
  own: RequestedBatch,
  requested: readonly RequestedBatch[],
  { data, errors }: SubgraphResponse,
): void {
  const ownErrors = errors?.filter((error) => batchOfError(error, requested) === own);
  for (const error of ownErrors ?? []) own.field.attachError(execution, own.batch, error);
  if (data) own.field.mergeEntities(execution, own.batch, data[own.name], ownErrors);
}

/** An error without a path counts for the first batch, so that it is reported once. */
export function batchOfError(
  { path }: GraphQLFormattedError,
  requested: readonly RequestedBatch[],
): RequestedBatch | undefined {
  return requested.find(({ name }) => name === path?.[0]) ?? requested[0];
}
