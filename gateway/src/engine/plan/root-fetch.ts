import type { FetchNode } from '@apollo/query-planner';
import type { SubgraphAnswer } from '../fetcher.js';
import { downstreamError } from './failure.js';
import type { Kinds } from './kinds.js';
import { compileSend, usedVariables } from './operation.js';
import { entitiesAt, type Place } from './place.js';
import { compileRewrites } from './rewrite.js';
import type { Run, Step } from './run.js';
import { isValue, merge } from './value.js';

/** Takes the answer of a fetch of root fields in. */
export type Receive = (run: Run, place: Place, answer: SubgraphAnswer) => void;

/** A fetch of root fields. */
export function compileRootFetch(node: FetchNode, kinds: Kinds): Step {
  const send = compileSend(node);
  const receive = compileReceiving(node, kinds);
  return async (run, place) => {
    if (entitiesAt(place).length === 0) return;
    const variables = JSON.stringify(usedVariables(node.variableUsages, run));
    receive(run, place, await send(run, { variables, entities: [] }));
  };
}

/** What is done with the answer of a fetch, also one that was not asked for: the event of a subscription. */
export function compileReceiving(node: FetchNode, kinds: Kinds): Receive {
  const rewrite = compileRewrites(kinds, node.outputRewrites);
  return (run, place, { data, errors }) => {
    for (const error of errors ?? [])
      run.errors.push(downstreamError(error, node.serviceName, error.path && [...place.path, ...error.path]));
    if (data) rewrite?.(data);
    for (const entity of entitiesAt(place)) if (isValue(entity)) merge(entity, data);
  };
}
