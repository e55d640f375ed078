import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { CacheHints } from '../caching/cache-hints.js';
import type { CachePolicy } from '../caching/cache-policy.js';
import { compileOperationPolicy } from '../caching/operation-policy.js';
import { createClientOperation, evaluateCondition } from '../completion/client-operation.js';
import type { DeniedFields } from '../operation-context.js';
import { compileResponse, type CompleteResponse } from '../completion/compile-response.js';
import type { Introspect } from '../completion/schema-introspection.js';
import { EntityFetchBatcher } from '../executor/entity-fetch-batcher.js';
import type { ExecutionContext, PlanStep } from '../executor/execution-context.js';
import { compileStep } from '../executor/plan-steps.js';
import type { PossibleTypes } from '../executor/possible-types.js';
import type { ResponsePosition } from '../executor/response-position.js';
import { compileMergeResponse, type MergeResponse } from '../executor/root-fetch.js';
import { toGraphQLError } from '../executor/subgraph-errors.js';
import type { Fetcher, SubgraphResponse } from '../fetcher.js';
import { copyJson, type JsonObject } from '../json-object.js';
import type { OperationContext } from '../operation-context.js';
import type { AliasRewriter } from './alias-rewriter.js';

/** A planned and compiled operation, shared by all executions. */
export interface PreparedOperation {
  plan: QueryPlan;
  /** @param event for a subscription, the event that its subgraph sent */
  run(input: ExecutionInput, event?: SubgraphResponse): Promise<OperationResult>;
}

/** The input of one execution. */
export interface ExecutionInput {
  fetcher: Fetcher;
  variables: Record<string, unknown>;
  context: OperationContext;
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
  /** The types of the supergraph. */
  possibleTypes: PossibleTypes;
  introspect: Introspect;
  document: DocumentNode;
  operationName: string | undefined;
  denied: DeniedFields;
  aliases: AliasRewriter;
}

/** Maximum of errors per result for values that contradict the schema of their subgraph. */
const maxCompletionErrors = 20;

/** Compiles a plan and the response of its operation. */
export function compilePlan(plan: QueryPlan, input: CompileInput): PreparedOperation {
  const { schema, supergraphSchema, cacheHints, document, operationName, aliases, introspect, possibleTypes } = input;
  const operation = createClientOperation(schema, document, operationName, input);
  const { mergeEvent, node } = splitSubscription(plan, possibleTypes);
  const condition = evaluateCondition.bind(undefined, operation);
  const options = { possibleTypes, evaluateCondition: condition, batcher: new EntityFetchBatcher() };
  const step = node && compileStep(node, options);
  const complete = compileResponse(operation, introspect);
  const cachePolicy = compileOperationPolicy(operation, supergraphSchema, cacheHints);
  return {
    plan,
    async run(executionInput, event) {
      const start = { data: {}, errors: [], pendingBatches: [], cachePolicy: undefined };
      const execution: ExecutionContext = { ...executionInput, ...start };
      try {
        if (cachePolicy) execution.cachePolicy = cachePolicy(execution.variables);
        await executePlan(execution, { mergeEvent, step, event });
        return toResult(execution, complete, aliases);
      } catch (error) {
        return { errors: [toGraphQLError(error as Error)] };
      }
    },
  };
}

/** Splits a plan into the subscription itself and the node that completes its events. */
function splitSubscription(
  { node }: QueryPlan,
  possibleTypes: PossibleTypes,
): { mergeEvent?: MergeResponse; node: PlanNode | undefined } {
  if (node?.kind !== 'Subscription') return { node };
  return { mergeEvent: compileMergeResponse(node.primary, possibleTypes), node: node.rest };
}

interface Execution {
  mergeEvent: MergeResponse | undefined;
  step: PlanStep | undefined;
  event: SubgraphResponse | undefined;
}

function executePlan(execution: ExecutionContext, { mergeEvent, step, event }: Execution): Promise<void> | undefined {
  const root: ResponsePosition = { path: [], data: execution.data };
  if ((mergeEvent === undefined) !== (event === undefined))
    throw new Error('A subscription needs an event, and no other operation may have one.');
  // Subscribers share the event, and fetched data is merged into it.
  if (mergeEvent && event) mergeEvent(execution, root, { ...event, data: copyJson(event.data) });
  return step?.(execution, root);
}

function toResult(execution: ExecutionContext, complete: CompleteResponse, aliases: AliasRewriter): OperationResult {
  const { data, errors, denials } = complete(execution.data, execution.variables);
  const reported =
    execution.errors.length > 0 ? aliases.restorePaths(execution.errors) : errors.slice(0, maxCompletionErrors);
  const all = [...reported, ...denials];
  if (all.length > 0) return { errors: all, data };
  return execution.cachePolicy ? { data, cachePolicy: execution.cachePolicy } : { data };
}
