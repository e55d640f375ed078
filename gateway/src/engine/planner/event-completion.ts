import type { PlanNode } from '@apollo/query-planner';
import { GraphQLError } from 'graphql';
import { findRootDenial } from '../completion/root-denial.js';
import type { ExecutionContext, PlanStep } from '../executor/execution-context.js';
import { haltAtFirstError } from '../executor/halt.js';
import type { MergeResponse } from '../executor/root-fetch.js';
import { toGraphQLError } from '../executor/subgraph-errors.js';
import type { SubgraphResponse } from '../fetcher.js';
import { copyJson, type JsonObject } from '../json-object.js';
import { type CompiledResponse, toResult } from './compiled-response.js';
import { mapChildren } from './plan-nodes.js';
import type { ExecutionInput, OperationResult } from './prepared-operation.js';

/** Completes the events of one subscription with the data of other subgraphs. One result per event, in their order. */
export type CompleteEvents = (input: ExecutionInput, events: readonly SubgraphResponse[]) => Promise<OperationResult[]>;

export interface CompiledEvents extends CompiledResponse {
  mergeEvent: MergeResponse;
  /** The compiled plan of `planForEach`; undefined if the events need no other data. */
  step: PlanStep | undefined;
}

/** The name of the list of events in the data of an execution. */
const listName = 'events';

/** The path of the events, for plan nodes. */
const listPath: readonly string[] = [listName, '@'];

/** The plan that completes a list of events: each fetch is sent once for all of them. @param node the plan for one event */
export function planForEach(node: PlanNode): PlanNode {
  if (node.kind === 'Fetch') return { kind: 'Flatten', path: [...listPath], node };
  if (node.kind === 'Flatten') return { ...node, path: [...listPath, ...node.path] };
  if (node.kind === 'Defer') throw new Error('A subscription cannot have deferred parts.');
  return mapChildren(node, planForEach);
}

/**
 * Events are completed together, so that a fetch is sent once for all. If that is impossible, because a subgraph sent a
 * value of another shape or `onError: "HALT"` ends each execution with its first error, each event is completed alone.
 */
export function compileEvents(compiled: CompiledEvents): CompleteEvents {
  return async (input, events) => {
    if (events.length > 1 && input.onError !== 'HALT') {
      try {
        return await completeTogether(compiled, input, events);
      } catch {
        // The events that cause the failure receive its error when they are completed alone.
      }
    }
    const results: OperationResult[] = [];
    for (const event of events) results.push(await completeAlone(compiled, input, event));
    return results;
  };
}

async function completeAlone(
  compiled: CompiledEvents,
  input: ExecutionInput,
  event: SubgraphResponse,
): Promise<OperationResult> {
  try {
    if (input.onError === 'HALT') return await completeUntilError(compiled, input, event);
    const [result = {}] = await completeTogether(compiled, input, [event]);
    return result;
  } catch (error) {
    return { errors: [toGraphQLError(error as Error)] };
  }
}

async function completeTogether(
  compiled: CompiledEvents,
  input: ExecutionInput,
  events: readonly SubgraphResponse[],
): Promise<OperationResult[]> {
  const execution = startExecution(compiled, input, events);
  await compiled.step?.(execution, { path: [], data: execution.data });
  return resultsOf(compiled, execution);
}

/** No fetch is sent after the first error, which is the only one in the result. */
async function completeUntilError(
  compiled: CompiledEvents,
  input: ExecutionInput,
  event: SubgraphResponse,
): Promise<OperationResult> {
  const denial = findRootDenial(compiled.operation, input.variables);
  if (denial) return { errors: [denial], data: null };
  const execution = startExecution(compiled, input, [event]);
  if (execution.eventErrors.flat().length === 0) {
    const halted = haltAtFirstError(execution);
    await Promise.race([halted, compiled.step?.(execution, { path: [], data: execution.data })]);
  }
  const [result = {}] = resultsOf(compiled, execution);
  const [first] = result.errors ?? [];
  return first ? { errors: [first], data: null } : result;
}

/** The execution of a plan for several events. */
interface EventExecution extends ExecutionContext {
  roots: readonly JsonObject[];
  /** The errors of each event, with paths within it. */
  eventErrors: readonly GraphQLError[][];
}

/** Subscribers share the events, and fetched data is merged into them: their data is copied. */
function startExecution(
  { mergeEvent }: CompiledEvents,
  input: ExecutionInput,
  events: readonly SubgraphResponse[],
): EventExecution {
  const roots = events.map((): JsonObject => ({}));
  const eventErrors = events.map((): GraphQLError[] => []);
  const state = { errors: [], isHalted: false, pendingBatches: [], cachePolicy: undefined };
  const execution: EventExecution = { ...input, ...state, data: { [listName]: roots }, roots, eventErrors };
  for (const [index, event] of events.entries()) {
    const own = { ...execution, errors: eventErrors[index] ?? [] };
    mergeEvent(own, { path: [], data: roots[index] }, { ...event, data: copyJson(event.data) });
  }
  return execution;
}

function resultsOf(compiled: CompiledEvents, execution: EventExecution): OperationResult[] {
  for (const error of execution.errors) addToEvents(execution.eventErrors, error);
  const { roots, eventErrors, variables, onError } = execution;
  return roots.map((data, index) =>
    toResult({ data, errors: eventErrors[index] ?? [], variables, onError, cachePolicy: undefined }, compiled),
  );
}

/** An error whose path leads to no event is one of all of them. */
function addToEvents(eventErrors: readonly GraphQLError[][], error: GraphQLError): void {
  const [, place, ...path] = error.path ?? [];
  const own = error.path ? withPath(error, path) : error;
  if (typeof place === 'number') eventErrors[place]?.push(own);
  else for (const errors of eventErrors) errors.push(own);
}

function withPath({ message, extensions, originalError }: GraphQLError, path: (string | number)[]): GraphQLError {
  return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
}
