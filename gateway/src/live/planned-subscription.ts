import type { FetchNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { badInput } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { withSpan } from '@marquee/chassis/telemetry/tracing';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { Graph } from '../engine/graph.js';
import type { PreparedOperation } from '../engine/planner/prepared-operation.js';
import type { DeniedFields } from '../engine/operation-context.js';
import { callerClass, callerKey, shareabilityOf } from './shareability.js';
import { cursorOf, removeCursor, startCursorOf } from './resume-cursor.js';
import { type LiveMetrics, liveMetricsOf } from './live-metrics.js';
import { rewriteSubscription, usedVariables } from './subscription-rewriting.js';

/** A subscription that is planned on one graph. */
export interface PlannedSubscription {
  /** The subscription of the subgraph that sends the events. */
  primary: FetchNode;
  variables: Record<string, unknown>;
  /** Whether it can go on after an interruption from any event. */
  isResumable: boolean;
  /** The cursor that the client gave; undefined for "from now on". */
  startCursor: unknown;
  metrics: LiveMetrics;
  /** The same for clients that get the same events. */
  streamKey(caller: Caller): string;
  /** The same for clients that get the same result of an event. */
  resultKey(caller: Caller): string;
  /** The place of an event in the stream, where that can be told. */
  cursorOf(event: ExecutionResult): unknown;
  /** Adds to an event what other subgraphs know. */
  complete(event: ExecutionResult, caller: Caller): Promise<ExecutionResult>;
}

/**
 * Plans a subscription: the planner tells which subgraph sends the events and what others add to them,
 * and the engine completes every event as it completes a query.
 *
 * @param refused the fields of a document that the caller may not have
 * @throws GraphQLError when there is nothing to subscribe to
 */
export async function planSubscription(
  graph: Graph,
  operation: AdmittedOperation,
  refused: (document: DocumentNode) => DeniedFields,
): Promise<PlannedSubscription> {
  const { variables, operationName } = operation;
  const { document, text, field, responseName, definition, resumable } = rewriteSubscription(graph, operation);
  const hidden = refused(document);
  const prepared = await graph.prepare(document, operationName, hidden);
  const planned = subscriptionNode(prepared.plan);
  const alike = shareabilityOf(planned, graph.supergraphSchema);
  const completed = completion(graph, prepared, variables, definition.name);
  const request = JSON.stringify([text, operationName, usedVariables(document, variables)]);
  return {
    primary: planned.primary,
    variables,
    isResumable: resumable !== undefined,
    startCursor: resumable && startCursorOf(definition, field, variables, resumable),
    metrics: liveMetricsOf(definition.name),
    streamKey: (caller) => `${alike.event ? callerClass(caller) : callerKey(caller)} ${request}`,
    resultKey: (caller) => (alike.event && alike.rest ? '' : callerKey(caller)),
    cursorOf: (event) => (resumable ? cursorOf(event, responseName) : undefined),
    async complete(event, caller) {
      const result = await completed(event, caller);
      if (resumable) removeCursor(result, responseName);
      return result;
    },
  };
}

/** Each event is a trace of its own: no client asked for just this one. */
function completion(
  graph: Graph,
  prepared: PreparedOperation,
  variables: Record<string, unknown>,
  field: string,
): PlannedSubscription['complete'] {
  const attributes = { 'graphql.operation.type': 'subscription' };
  const form = { name: `subscription ${field}`, root: true, attributes };
  return (event, caller) =>
    withSpan(form, (_, context) =>
      graph.execute(prepared, { variables, context: { caller, scope: { context } } }, event),
    );
}

/** Tells whether two plans ask a subgraph for the same events. */
export function hasSamePrimary(
  { primary: one }: PlannedSubscription,
  { primary: other }: PlannedSubscription,
): boolean {
  return one.serviceName === other.serviceName && one.operation === other.operation;
}

function subscriptionNode({ node }: QueryPlan): SubscriptionNode {
  if (node?.kind === 'Subscription') return node;
  throw badInput({ path: 'query', message: 'there is no field to subscribe to' });
}
