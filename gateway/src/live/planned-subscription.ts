import type { FetchNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { reportedCause } from '@marquee/chassis/bus/event-cause';
import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { badInput } from '@marquee/chassis/errors/errors';
import { selectionKey } from '@marquee/chassis/graphql/event-selection';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerKey, rightsKey } from '@marquee/chassis/identity/caller-key';
import { linksTo, withSpan } from '@marquee/chassis/telemetry/tracing';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import type { Graph } from '../engine/graph.js';
import { canonicalJson } from '../engine/json-object.js';
import type { PreparedOperation } from '../engine/planner/prepared-operation.js';
import type { DeniedFields, OperationContext } from '../engine/operation-context.js';
import type { UpstreamSubscription } from '../upstream/subgraph-streams.js';
import { BatchSize } from './event-batch.js';
import { type Shareability, shareabilityOf } from './shareability.js';
import { cursorOf, cursorOfText, removeCursor, resumeVariables, startCursorOf } from './resume-cursor.js';
import type { CursorText } from './resume-request.js';
import { type LiveMetrics, liveMetricsOf } from './live-metrics.js';
import { rewriteSubscription, usedVariables } from './subscription-rewriting.js';

/** The caller that receives completed events. `work` adds up the work of the subgraphs. */
export type CompletionFor = Pick<OperationContext, 'caller' | 'work'>;

/** A subscription of one client, planned on one graph. */
export interface PlannedSubscription {
  /** The subscription to the subgraph that publishes the events. */
  primary: FetchNode;
  variables: Record<string, unknown>;
  /** Whether it can resume from any event after an interruption (`@resumable`). */
  isResumable: boolean;
  /** The cursor from which the client resumes; undefined to receive only new events. */
  startCursor: unknown;
  /**
   * The cursor in `Last-Event-ID` or `extensions.resume`; undefined if the subscription is not resumable.
   * @throws BAD_USER_INPUT
   */
  cursorOfText(text: CursorText): unknown;
  metrics: LiveMetrics;
  /** Whether the client wants events at once, with null for what unavailable services resolve (`onError: "NULL"`). */
  acceptsIncomplete: boolean;
  /** Equal for clients that receive the same events: they share a stream. */
  streamKey(caller: Caller): string;
  /** Equal for callers that receive the same result for an event: it is completed once for them. */
  resultKey(caller: Caller): string;
  /** Equal for subscriptions whose clients with equal `resultKey` receive the same result for the same event. */
  completionKey: string;
  /** Whether all clients of the stream receive the same result as this caller. */
  isSameForAll(caller: Caller): boolean;
  /** The cursor of an event; undefined if the subscription is not resumable. */
  cursorOf(event: ExecutionResult): unknown;
  /** How many events to complete at a time. */
  batchSize: BatchSize;
  /**
   * Completes events with data of other subgraphs, in one request to each, and removes the cursors that the gateway
   * selected. One result per event, in their order.
   */
  complete(events: readonly ExecutionResult[], context: CompletionFor): Promise<ExecutionResult[]>;
}

/**
 * Plans a subscription. The plan consists of the subscription to one subgraph and of the fetches that complete each event
 * with data of other subgraphs, which the engine executes like those of a query.
 *
 * @param deniedFields determines the fields of a document that are denied to the caller
 * @throws GraphQLError if there is no field to subscribe to
 */
export async function planSubscription(
  graph: Graph,
  operation: AdmittedOperation,
  deniedFields: (document: DocumentNode) => DeniedFields,
): Promise<PlannedSubscription> {
  const { variables, operationName, onError, activeLabels, context } = operation;
  const { document, text, field, responseName, definition, resumable } = rewriteSubscription(graph, operation);
  const [denied, { origin }] = [deniedFields(document), context];
  const prepared = await graph.prepare(document, operationName, denied, origin, undefined, activeLabels);
  const planned = subscriptionNode(prepared.plan);
  const completeEvents = eventCompleter(graph, prepared, { variables, onError }, definition.name);
  const request = canonicalJson([text, operationName, usedVariables(document, variables), onError, activeLabels]);
  return {
    primary: planned.primary,
    variables,
    isResumable: resumable !== undefined,
    cursorOfText: (text) => resumable && cursorOfText(definition, resumable, text),
    startCursor: resumable && startCursorOf(definition, field, variables, resumable),
    metrics: liveMetricsOf(definition.name),
    acceptsIncomplete: onError === 'NULL',
    ...sharingOf(shareabilityOf(planned, graph.supergraphSchema), request),
    completionKey: completionKeyOf(graph, document, operation),
    cursorOf: (event) => (resumable ? cursorOf(event, responseName) : undefined),
    batchSize: new BatchSize(onError === 'HALT' ? 1 : undefined),
    async complete(events, context) {
      const results = await completeEvents(events, context);
      return resumable ? results.map((result) => removeCursor(result, responseName)) : results;
    },
  };
}

function sharingOf(
  { event, rest }: Shareability,
  request: string,
): Pick<PlannedSubscription, 'streamKey' | 'resultKey' | 'isSameForAll'> {
  return {
    streamKey: (caller) => `${event ? rightsKey(caller) : callerKey(caller)} ${request}`,
    resultKey: (caller) => (event && rest ? '' : callerKey(caller)),
    // A stream of personal events has one caller, and all guests are the same caller.
    isSameForAll: ({ kind }) => !event || rest || kind === 'guest',
  };
}

/** Everything that the result of an event depends on, except the event and the caller: not which events there are. */
function completionKeyOf(graph: Graph, document: DocumentNode, operation: AdmittedOperation): string {
  const { variables, operationName, onError, activeLabels, context } = operation;
  const selection = selectionKey(document, operationName, variables);
  return JSON.stringify([graphNumber(graph), rightsKey(context.caller), onError, activeLabels, selection]);
}

let lastGraph = 0;
const graphNumber = memoizeWeak((_: Graph) => (lastGraph += 1));

/**
 * Events have traces of their own, because they belong to no request: one for all that are completed together. It is linked
 * to the requests that caused the events.
 */
function eventCompleter(
  graph: Graph,
  prepared: PreparedOperation,
  { variables, onError }: Pick<AdmittedOperation, 'variables' | 'onError'>,
  field: string,
): PlannedSubscription['complete'] {
  const attributes = { 'graphql.operation.type': 'subscription' };
  const spanTemplate = { name: `subscription ${field}`, root: true, attributes };
  return (events, completion) => {
    const links = linksTo(events.map(reportedCause));
    return withSpan(links.length === 0 ? spanTemplate : { ...spanTemplate, links }, (span, context) => {
      span.setAttribute('marquee.live.events', events.length);
      const operation = { variables, onError, context: { ...completion, scope: { context } } };
      return graph.completeEvents(prepared, operation, events);
    });
  };
}

/** The subscription to the subgraph, from a cursor on. */
export function operationAfter(subscription: PlannedSubscription, cursor: unknown): UpstreamSubscription {
  const { primary, acceptsIncomplete } = subscription;
  const variables = Object.entries(resumeVariables(subscription.variables, cursor));
  const used = variables.filter(([name]) => primary.variableUsages?.includes(name));
  const { operation: query, operationName } = primary;
  return { query, operationName, onError: acceptsIncomplete ? 'NULL' : undefined, variables: Object.fromEntries(used) };
}

/** Whether two plans have the same subscription to the same subgraph. */
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
