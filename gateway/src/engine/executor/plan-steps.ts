import type { ConditionNode, FetchNode, PlanNode } from '@apollo/query-planner';
import type { CompileCaching } from '../caching/cacheable-fetch.js';
import { compileContextFetch } from './context-fetch.js';
import { compileDefer, reportFetched } from './deferred-blocks.js';
import { compileEntityFetch } from './entity-fetch.js';
import type { EntityFetchBatcher } from './entity-fetch-batcher.js';
import { noWork, type PlanStep } from './execution-context.js';
import type { PossibleTypes } from './possible-types.js';
import { descend, isStreamedItems, leadsToFirst, type PlanPath, resolveStreamedItems } from './response-position.js';
import { compileRootFetch } from './root-fetch.js';
import { toGraphQLError } from './subgraph-errors.js';

/** Reads the variable of a condition. @throws GraphQLError when its value is not a boolean */
export type ConditionEvaluator = (variable: string, variables: Readonly<Record<string, unknown>>) => boolean;

export interface StepOptions {
  possibleTypes: PossibleTypes;
  evaluateCondition: ConditionEvaluator;
  batcher: EntityFetchBatcher;
  /** Decides which fetches a cache may answer. None without it. */
  compileCaching?: CompileCaching | undefined;
}

/** Compiles a plan node and its children. */
export function compileStep(node: PlanNode, options: StepOptions): PlanStep {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, options);
    case 'Flatten':
      return compileFlatten(node.path, compileStep(node.node, options));
    case 'Sequence':
      return inSequence(node.nodes.map((one) => compileStep(one, options)));
    case 'Parallel':
      return inParallel(node.nodes.map((one) => compileStep(one, options)));
    case 'Condition':
      return compileCondition(node, options);
    case 'Defer':
      return compileDefer(node, (one) => compileStep(one, options));
  }
}

function inSequence(steps: readonly PlanStep[]): PlanStep {
  return async (execution, position) => {
    for (const step of steps) await step(execution, position);
  };
}

function compileFetch(node: FetchNode, options: StepOptions): PlanStep {
  const fetch = compileFetchAlone(node, options);
  return node.id === undefined ? fetch : reportFetched(node.id, fetch);
}

function compileFetchAlone(node: FetchNode, { possibleTypes, batcher, compileCaching }: StepOptions): PlanStep {
  const cacheable = compileCaching?.(node);
  if (!node.requires) return recordErrors(compileRootFetch(node, possibleTypes, cacheable));
  if (node.contextRewrites) return recordErrors(compileContextFetch(node, possibleTypes));
  return recordErrors(compileEntityFetch(node, possibleTypes, { batcher, cacheable }));
}

/** Records the failure of a fetch, so that only its own part of the response stays empty. */
function recordErrors(fetch: PlanStep): PlanStep {
  return async (execution, position) => {
    try {
      await fetch(execution, position);
    } catch (error) {
      execution.errors.push(toGraphQLError(error as Error));
    }
  };
}

const noItems: ReadonlyMap<string, number> = new Map();

/** The fetches for later items start together with the first one for the first items: the list is there by then. */
function compileFlatten(path: PlanPath, step: PlanStep): PlanStep {
  if (!path.some(isStreamedItems)) return atPath(path, step);
  return (execution, position) => {
    const { blocks, firstItems = noItems } = execution.deferral ?? {};
    for (const label of firstItems.keys()) if (leadsToFirst(path, label)) blocks?.onFetched(label);
    return atPath(resolveStreamedItems(path, firstItems), step)(execution, position);
  };
}

/** Rejects instead of throwing, because `inParallel` has to wait for the steps that have already started. */
function atPath(path: PlanPath, step: PlanStep): PlanStep {
  return (execution, position) => {
    try {
      const found = descend(position, path);
      return found ? step(execution, found) : noWork;
    } catch (error) {
      return Promise.reject(toGraphQLError(error as Error));
    }
  };
}

function inParallel(steps: readonly PlanStep[]): PlanStep {
  return async (execution, position) => void (await Promise.all(steps.map((step) => step(execution, position))));
}

function compileCondition({ condition, ifClause, elseClause }: ConditionNode, options: StepOptions): PlanStep {
  const yes = ifClause && compileStep(ifClause, options);
  const no = elseClause && compileStep(elseClause, options);
  return async (execution, position) =>
    (options.evaluateCondition(condition, execution.variables) ? yes : no)?.(execution, position);
}
