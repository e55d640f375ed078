import type { FetchNode } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import type { CacheableFetch } from '../caching/cacheable-fetch.js';
import type { SubgraphResponse } from '../fetcher.js';
import { isJsonObject } from '../json-object.js';
import { compileSend, type ExecutionContext, type PlanStep, usedVariables } from './execution-context.js';
import { compileRewrites } from './fetch-rewrites.js';
import { compileMerge } from './merge-data.js';
import type { PossibleTypes } from './possible-types.js';
import { splitMutation } from './split-mutation.js';
import { entitiesAt, type ResponsePosition } from './response-position.js';
import { subgraphError } from './subgraph-errors.js';

/** Merges the response to a fetch of root fields into the data of an execution. */
export type MergeResponse = (
  execution: ExecutionContext,
  position: ResponsePosition,
  response: SubgraphResponse,
) => void;

/** Compiles a fetch of root fields. */
export function compileRootFetch(
  node: FetchNode,
  possibleTypes: PossibleTypes,
  cacheable: CacheableFetch | undefined,
): PlanStep {
  const send = compileSend(node);
  const mergeResponse = compileMergeResponse(node, possibleTypes);
  let fetchEach: PlanStep | undefined;
  return async (execution, position) => {
    if (entitiesAt(position).length === 0) return;
    if (execution.onError === 'HALT' && node.operationKind === OperationTypeNode.MUTATION) {
      fetchEach ??= compileEachMutation(node, possibleTypes);
      return fetchEach(execution, position);
    }
    const used = usedVariables(node.variableUsages, execution);
    const variables = JSON.stringify(used);
    const caching = cacheable && { parts: [{ fetch: cacheable, variables: used }], variablesFor: () => variables };
    mergeResponse(execution, position, await send(execution, { variables, entities: [], caching }));
  };
}

/** Compiles one fetch for each mutation, so that those after an error do not run with `onError: "HALT"`. */
function compileEachMutation(node: FetchNode, possibleTypes: PossibleTypes): PlanStep {
  const mergeResponse = compileMergeResponse(node, possibleTypes);
  const parts = splitMutation(node).map((one) => ({ ...one, send: compileSend(one) }));
  return async (execution, position) => {
    for (const { send, variableUsages } of parts) {
      const variables = JSON.stringify(usedVariables(variableUsages, execution));
      mergeResponse(execution, position, await send(execution, { variables, entities: [] }));
    }
  };
}

/** Compiles the handling of a response, which may also be the event of a subscription. */
export function compileMergeResponse(node: FetchNode, possibleTypes: PossibleTypes): MergeResponse {
  const rewrite = compileRewrites(possibleTypes, node.outputRewrites);
  const mergeData = compileMerge(possibleTypes);
  return (execution, position, { data, errors }) => {
    for (const error of errors ?? [])
      execution.errors.push(subgraphError(error, node.serviceName, error.path && [...position.path, ...error.path]));
    if (data) rewrite?.(data);
    for (const entity of entitiesAt(position)) if (isJsonObject(entity)) mergeData(entity, data);
  };
}
