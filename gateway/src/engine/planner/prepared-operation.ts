import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import { type DocumentNode, type GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { CacheHints } from '../caching/cache-hints.js';
import type { CompileCaching } from '../caching/cacheable-fetch.js';
import type { CachePolicy } from '../caching/cache-policy.js';
import { compileOperationPolicy } from '../caching/operation-policy.js';
import { type ClientOperation, createClientOperation, evaluateCondition } from '../completion/client-operation.js';
import type { DeniedFields } from '../operation-context.js';
import { compileResponse, type CompleteResponse } from '../completion/compile-response.js';
import { findRootDenial } from '../completion/root-denial.js';
import type { Introspect } from '../completion/schema-introspection.js';
import { EntityFetchBatcher } from '../executor/entity-fetch-batcher.js';
import type { ExecutionContext, PlanStep } from '../executor/execution-context.js';
import { haltAtFirstError } from '../executor/halt.js';
import { compileStep } from '../executor/plan-steps.js';
import type { PossibleTypes } from '../executor/possible-types.js';
import type { ResponsePosition } from '../executor/response-position.js';
import { compileMergeResponse, type MergeResponse } from '../executor/root-fetch.js';
import { toGraphQLError } from '../executor/subgraph-errors.js';
import type { Fetcher, SubgraphResponse } from '../fetcher.js';
import { copyJson, type JsonObject } from '../json-object.js';
import type { MissingEntities } from '../missing-entity.js';
import type { ErrorBehavior, OperationContext } from '../operation-context.js';
import type { AliasRewriter } from './alias-rewriter.js';
import { compileLaterItems, type LaterItems, startIncremental } from './incremental-execution.js';
import { reportedErrors } from './part-errors.js';
import type { StartedOperation } from './started-operation.js';
import { splitStreamedPlan, type StreamedList } from './streamed-plans.js';

/** A planned and compiled operation, shared by all executions. */
export interface PreparedOperation {
  plan: QueryPlan;
  /** @param event for a subscription, the event that its subgraph sent */
  run(input: ExecutionInput, event?: SubgraphResponse): Promise<OperationResult>;
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
  const { mergeEvent, node } = splitSubscription(plan, possibleTypes);
  const evaluate = evaluateCondition.bind(undefined, operation);
  // What follows a mutation or an event is read from the services.
  const isQuery = operation.definition.operation === OperationTypeNode.QUERY;
  const compileCaching = isQuery ? input.compileCaching : undefined;
  const options = { possibleTypes, evaluateCondition: evaluate, batcher: new EntityFetchBatcher(), compileCaching };
  const { step, later } = compileSteps(node, operation, input.streams, (one) => compileStep(one, options));
  const complete = compileResponse(operation, introspect, input.missingEntities, input.maxResponseBytes);
  const compiled: CompiledOperation = { operation, mergeEvent, step, complete, aliases };
  const cachePolicy = compileOperationPolicy(operation, supergraphSchema, cacheHints);
  return {
    plan,
    async run(input, event) {
      const start = { data: {}, errors: [], isHalted: false, pendingBatches: [], cachePolicy: undefined };
      const execution: ExecutionContext = { ...input, ...start };
      try {
        if (cachePolicy) execution.cachePolicy = cachePolicy(execution.variables);
        if (input.onError === 'HALT') return await runUntilError(execution, compiled, event);
        await executePlan(execution, compiled, event);
        return toResult(execution, compiled);
      } catch (error) {
        return { errors: [toGraphQLError(error as Error)] };
      }
    },
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

/** Splits a plan into the subscription itself and the node that completes its events. */
function splitSubscription(
  { node }: QueryPlan,
  possibleTypes: PossibleTypes,
): { mergeEvent?: MergeResponse; node: PlanNode | undefined } {
  if (node?.kind !== 'Subscription') return { node };
  return { mergeEvent: compileMergeResponse(node.primary, possibleTypes), node: node.rest };
}

interface CompiledOperation {
  operation: ClientOperation;
  mergeEvent: MergeResponse | undefined;
  step: PlanStep | undefined;
  complete: CompleteResponse;
  aliases: AliasRewriter;
}

async function runUntilError(
  execution: ExecutionContext,
  compiled: CompiledOperation,
  event: SubgraphResponse | undefined,
): Promise<OperationResult> {
  const denial = findRootDenial(compiled.operation, execution.variables);
  if (denial) return { errors: [denial], data: null };
  await Promise.race([haltAtFirstError(execution), executePlan(execution, compiled, event)]);
  const result = toResult(execution, compiled);
  const [first] = result.errors ?? [];
  return first ? { errors: [first], data: null } : result;
}

function executePlan(
  execution: ExecutionContext,
  { mergeEvent, step }: CompiledOperation,
  event: SubgraphResponse | undefined,
): Promise<void> | undefined {
  const root: ResponsePosition = { path: [], data: execution.data };
  if ((mergeEvent === undefined) !== (event === undefined))
    throw new Error('A subscription needs an event, and no other operation may have one.');
  // Subscribers share the event, and fetched data is merged into it.
  if (mergeEvent && event) mergeEvent(execution, root, { ...event, data: copyJson(event.data) });
  return step?.(execution, root);
}

function toResult(execution: ExecutionContext, { complete, aliases }: CompiledOperation): OperationResult {
  const { onError, variables } = execution;
  const { data, errors, denials } = complete(execution.data, variables, onError);
  const sent = execution.errors.length > 0 ? aliases.restorePaths(execution.errors) : execution.errors;
  const reported = sent.length + errors.length > 0 ? reportedErrors(sent, errors, { path: [], value: data }) : sent;
  const all = [...reported, ...denials];
  if (all.length > 0) return { errors: all, data };
  return execution.cachePolicy ? { data, cachePolicy: execution.cachePolicy } : { data };
}
