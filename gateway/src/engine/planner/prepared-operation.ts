import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { CacheHints } from '../caching/cache-hints.js';
import type { CompileCaching } from '../caching/cacheable-fetch.js';
import type { CachePolicy } from '../caching/cache-policy.js';
import { compileOperationPolicy } from '../caching/operation-policy.js';
import { type ClientOperation, createClientOperation, evaluateCondition } from '../completion/client-operation.js';
import type { DeniedFields } from '../operation-context.js';
import { compileResponse } from '../completion/compile-response.js';
import { findRootDenial } from '../completion/root-denial.js';
import type { Introspect } from '../completion/schema-introspection.js';
import { EntityFetchBatcher } from '../executor/entity-fetch-batcher.js';
import type { ExecutionContext, PlanStep } from '../executor/execution-context.js';
import { haltAtFirstError } from '../executor/halt.js';
import { compileStep } from '../executor/plan-steps.js';
import type { PossibleTypes } from '../executor/possible-types.js';
import { compileMergeResponse } from '../executor/root-fetch.js';
import { toGraphQLError } from '../executor/subgraph-errors.js';
import type { Fetcher } from '../fetcher.js';
import type { JsonObject } from '../json-object.js';
import type { MissingEntities } from '../missing-entity.js';
import type { ErrorBehavior, OperationContext } from '../operation-context.js';
import type { AliasRewriter } from './alias-rewriter.js';
import { type CompiledResponse, toResult } from './compiled-response.js';
import { compileEvents, type CompleteEvents, planForEach } from './event-completion.js';
import { compileLaterItems, type LaterItems, startIncremental } from './incremental-execution.js';
import type { StartedOperation } from './started-operation.js';
import { splitStreamedPlan, type StreamedList } from './streamed-plans.js';

/** A planned and compiled operation, shared by all executions. */
export interface PreparedOperation {
  plan: QueryPlan;
  /** Executes a query or mutation. */
  run(input: ExecutionInput): Promise<OperationResult>;
  /** Completes events of a subscription. */
  completeEvents: CompleteEvents;
  /** Executes an operation with `@defer` or `@stream`, which was prepared for several results. */
  start(input: ExecutionInput): Promise<StartedOperation>;
}

/** The input of one execution. */
export interface ExecutionInput {
  fetcher: Fetcher;
  variables: Record<string, unknown>;
  context: OperationContext;
  onError?: ErrorBehavior | undefined;
}

/** The result of an operation, without `data` if its execution did not start. */
export interface OperationResult {
  data?: JsonObject | null;
  errors?: readonly GraphQLError[];
  /** How long the response may be cached; undefined if it may not. */
  cachePolicy?: CachePolicy;
}

export interface CompileInput {
  /** The API schema. */
  schema: GraphQLSchema;
  /** The supergraph schema with its directives. */
  supergraphSchema: GraphQLSchema;
  cacheHints: CacheHints;
  compileCaching: CompileCaching | undefined;
  /** The types of the supergraph. */
  possibleTypes: PossibleTypes;
  introspect: Introspect;
  document: DocumentNode;
  operationName: string | undefined;
  denied: DeniedFields;
  aliases: AliasRewriter;
  /** The labels of the parts that are delivered later; absent for an operation with one result. */
  labels?: ReadonlyMap<string, string | undefined> | undefined;
  /** The lists whose later items are fetched after the first result. */
  streams?: readonly StreamedList[];
  missingEntities: MissingEntities;
  /** The size in bytes at which a response is cut. */
  maxResponseBytes: number;
}

/** Compiles a plan and the response of its operation. */
export function compilePlan(plan: QueryPlan, input: CompileInput): PreparedOperation {
  const { schema, supergraphSchema, cacheHints, document, operationName, aliases, introspect, possibleTypes } = input;
  const operation = createClientOperation(schema, document, operationName, input);
  const evaluate = evaluateCondition.bind(undefined, operation);
  // What follows a mutation or an event is read from the services.
  const isQuery = operation.definition.operation === OperationTypeNode.QUERY;
  const compileCaching = isQuery ? input.compileCaching : undefined;
  const options = { possibleTypes, evaluateCondition: evaluate, batcher: new EntityFetchBatcher(), compileCaching };
  const { step, later } = compileSteps(nodeOf(plan), operation, input.streams, (one) => compileStep(one, options));
  const complete = compileResponse(operation, introspect, input.missingEntities, input.maxResponseBytes);
  const compiled: CompiledOperation = { operation, step, complete, aliases };
  const cachePolicy = compileOperationPolicy(operation, supergraphSchema, cacheHints);
  return {
    plan,
    async run(input) {
      const start = { data: {}, errors: [], isHalted: false, pendingBatches: [], cachePolicy: undefined };
      const execution: ExecutionContext = { ...input, ...start };
      try {
        if (cachePolicy) execution.cachePolicy = cachePolicy(execution.variables);
        if (input.onError === 'HALT') return await runUntilError(execution, compiled);
        await executePlan(execution, compiled);
        return toResult(execution, compiled);
      } catch (error) {
        return { errors: [toGraphQLError(error as Error)] };
      }
    },
    completeEvents: compileEventsOf(plan, compiled, possibleTypes),
    start: (executionInput) =>
      startIncremental(executionInput, { step, later, complete, aliases, labels: input.labels ?? new Map() }),
  };
}

function compileSteps(
  node: PlanNode | undefined,
  operation: ClientOperation,
  streams: readonly StreamedList[] = [],
  compile: (node: PlanNode) => PlanStep,
): { step: PlanStep | undefined; later: readonly LaterItems[] } {
  const streamed = node && splitStreamedPlan(node, streams);
  const later = compileLaterItems(operation, streamed, streams, compile);
  return { step: node && compile(streamed?.initial ?? node), later };
}

function compileEventsOf(
  { node }: QueryPlan,
  compiled: CompiledOperation,
  possibleTypes: PossibleTypes,
): CompleteEvents {
  if (node?.kind !== 'Subscription') return () => Promise.reject(new Error('Only a subscription has events.'));
  return compileEvents({ ...compiled, mergeEvent: compileMergeResponse(node.primary, possibleTypes) });
}

/** The part of a plan that runs here. The subgraph of a subscription runs the subscription itself. */
function nodeOf({ node }: QueryPlan): PlanNode | undefined {
  if (node?.kind !== 'Subscription') return node;
  return node.rest && planForEach(node.rest);
}

interface CompiledOperation extends CompiledResponse {
  step: PlanStep | undefined;
}

async function runUntilError(execution: ExecutionContext, compiled: CompiledOperation): Promise<OperationResult> {
  const denial = findRootDenial(compiled.operation, execution.variables);
  if (denial) return { errors: [denial], data: null };
  await Promise.race([haltAtFirstError(execution), executePlan(execution, compiled)]);
  const result = toResult(execution, compiled);
  const [first] = result.errors ?? [];
  return first ? { errors: [first], data: null } : result;
}

function executePlan(execution: ExecutionContext, { operation, step }: CompiledOperation): Promise<void> | undefined {
  if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION)
    throw new Error('A subscription needs an event.');
  return step?.(execution, { path: [], data: execution.data });
}
