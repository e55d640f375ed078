import type { FetchNode } from '@apollo/query-planner';
import type { GraphQLError } from 'graphql';
import { type CachePolicy, hintOfHeaders, restrictPolicy } from '../caching/cache-policy.js';
import type { EntityRequest, Fetcher, RequestCaching, SubgraphResponse } from '../fetcher.js';
import { type JsonObject, own } from '../json-object.js';
import type { ErrorBehavior, OperationContext } from '../operation-context.js';
import type { DeferralScope } from './deferred-blocks.js';
import type { PendingBatch } from './entity-fetch-batcher.js';
import type { ResponsePosition } from './response-position.js';

/** The state of one execution of a plan. */
export interface ExecutionContext {
  fetcher: Fetcher;
  context: OperationContext;
  /** As the client sent them. */
  variables: Readonly<Record<string, unknown>>;
  /** The merged responses so far. */
  data: JsonObject;
  errors: GraphQLError[];
  /** How long the response may be cached, as far as is known; undefined if it may not. */
  cachePolicy: CachePolicy | undefined;
  onError?: ErrorBehavior | undefined;
  /** Whether no further fetch may be sent, after an error of an execution with `onError: "HALT"`. */
  isHalted: boolean;
  /**
   * Entity fetches that wait to be sent together, by the number of their subgraph batcher. They are stored here and not
   * in one map of all executions: V8 links the hash tables that a map outgrows, so one old table would keep everything
   * that came later, whole executions, from being freed by minor collections.
   */
  pendingBatches: (PendingBatch | undefined)[];
  /** The deferred parts of an execution with several results. */
  deferral?: DeferralScope | undefined;
}

/** A compiled plan node. */
export type PlanStep = (execution: ExecutionContext, position: ResponsePosition) => Promise<void>;

/** The result of a step that has nothing to do. */
export const noWork = Promise.resolve();

/** The part of a subgraph request that varies between executions. */
export interface FetchInput {
  /** As JSON. */
  variables: string;
  entities: readonly EntityRequest[];
  caching?: InputCaching | undefined;
}

/** How the response may be kept by a cache. */
export interface InputCaching {
  parts: RequestCaching['parts'];
  /** The variables, as JSON, for other lists of representations. */
  variablesFor(representations: readonly (readonly string[])[]): string;
}

/** Sends one compiled subgraph operation. */
export type SendFetch = (execution: ExecutionContext, input: FetchInput) => Promise<SubgraphResponse>;

/** Compiles the sending of a fetch: everything but the variables is serialised once. */
export function compileSend({
  serviceName,
  operation: query,
  operationName,
  operationKind: kind,
}: Pick<FetchNode, 'serviceName' | 'operation' | 'operationName' | 'operationKind'>): SendFetch {
  const name = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`;
  const start = `{"query":${JSON.stringify(query)},${name}"variables":`;
  return (execution, { variables, entities, caching: input }) => {
    const { fetcher, context, onError, isHalted, cachePolicy } = execution;
    if (isHalted) return Promise.reject(new Error('The execution has ended with its first error.'));
    // A subgraph that knows the parameter keeps the nulls in its response, too; any other ignores it.
    const end = onError === 'NULL' ? ',"onError":"NULL"}' : '}';
    const caching: RequestCaching | undefined = input && {
      parts: input.parts,
      bodyFor: (representations) => `${start}${input.variablesFor(representations)}${end}`,
    };
    const request = { query, operationName, kind, body: `${start}${variables}${end}`, entities, caching };
    const response = fetcher.fetch(serviceName, request, context);
    return cachePolicy ? response.then((received) => restrictedBy(execution, received)) : response;
  };
}

/** A service may allow less caching for one response than its schema does. */
function restrictedBy(execution: ExecutionContext, response: SubgraphResponse): SubgraphResponse {
  const { cachePolicy } = execution;
  const { cacheControl, age } = response;
  if (cachePolicy && cacheControl !== undefined)
    execution.cachePolicy = restrictPolicy(cachePolicy, hintOfHeaders(cacheControl, age));
  return response;
}

/** The client's variables that a fetch uses. Variables that the client left out are left out. */
export function usedVariables(
  names: readonly string[] | undefined,
  { variables }: ExecutionContext,
): Record<string, unknown> {
  const used: Record<string, unknown> = {};
  for (const name of names ?? []) {
    const value = own(variables, name);
    if (value !== undefined) used[name] = value;
  }
  return used;
}
