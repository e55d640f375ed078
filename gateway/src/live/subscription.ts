import type { FetchNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { badInput, forbidden, unauthenticated } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import { traced } from '@marquee/chassis/telemetry/tracing';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { operationsOf } from '../engine/definitions.js';
import type { Graph } from '../engine/graph.js';
import type { Prepared } from '../engine/prepared.js';
import type { Refused } from '../engine/shape/operation.js';
import { callerClass, callerKey, likenessOf } from './audience.js';
import { cursorOf, dropCursor, startOf } from './cursor.js';
import { type LiveMeasures, measuresOf } from './measures.js';
import type { LiveOperation } from './operation.js';
import { rewritten, usedVariables } from './rewriting.js';
import { rootFields } from '../admission/root-fields.js';

/** A subscription that is planned on one graph. */
export interface Subscription {
  /** The subscription of the subgraph that sends the events. */
  primary: FetchNode;
  variables: Record<string, unknown>;
  /** Whether it can go on after an interruption from any event. */
  resumable: boolean;
  /** The cursor that the client gave; undefined for "from now on". */
  start: unknown;
  measures: LiveMeasures;
  /** The same for clients that get the same events. */
  key(caller: Caller): string;
  /** The same for clients that get the same result of an event. */
  audience(caller: Caller): string;
  /** The place of an event in the stream, where that can be told. */
  cursor(event: ExecutionResult): unknown;
  /** Adds to an event what other subgraphs know. */
  complete(event: ExecutionResult, caller: Caller): Promise<ExecutionResult>;
}

/**
 * Plans a subscription: the planner tells which subgraph sends the events and what others add to them,
 * and the engine completes every event as it completes a query.
 *
 * @param refused the fields of a document that the caller may not have
 * @throws GraphQLError when there is nothing to subscribe to, or nothing that the caller may have
 */
export async function planSubscription(
  graph: Graph,
  operation: LiveOperation,
  refused: (document: DocumentNode) => Refused,
): Promise<Subscription> {
  const { variables, operationName } = operation;
  const { document, text, field, name, definition, mark } = rewritten(graph, operation);
  const hidden = refused(document);
  refuseRoot(document, hidden);
  const prepared = await graph.prepare(document, operationName, hidden);
  const planned = subscriptionNode(prepared.plan);
  const alike = likenessOf(planned, graph.supergraphSchema);
  const completed = completion(graph, prepared, variables, definition.name);
  const request = JSON.stringify([text, operationName, usedVariables(document, variables)]);
  return {
    primary: planned.primary,
    variables,
    resumable: mark !== undefined,
    start: mark && startOf(definition, field, variables, mark),
    measures: measuresOf(definition.name),
    key: (caller) => `${alike.event ? callerClass(caller) : callerKey(caller)} ${request}`,
    audience: (caller) => (alike.event && alike.rest ? '' : callerKey(caller)),
    cursor: (event) => (mark ? cursorOf(event, name) : undefined),
    async complete(event, caller) {
      const result = await completed(event, caller);
      if (mark) dropCursor(result, name);
      return result;
    },
  };
}

/** Each event is a trace of its own: no client asked for just this one. */
function completion(
  graph: Graph,
  prepared: Prepared,
  variables: Record<string, unknown>,
  field: string,
): Subscription['complete'] {
  const attributes = { 'graphql.operation.type': 'subscription' };
  const form = { name: `subscription ${field}`, root: true, attributes };
  return (event, caller) =>
    traced(form, (_, context) =>
      graph.execute(prepared, { variables, context: { caller, scope: { context } } }, event),
    );
}

/** Tells whether two plans ask a subgraph for the same events. */
export function sameSource({ primary: one }: Subscription, { primary: other }: Subscription): boolean {
  return one.serviceName === other.serviceName && one.operation === other.operation;
}

/** Of a subscription nothing is left without its field. */
function refuseRoot(document: DocumentNode, refused: Refused): void {
  const codes = operationsOf(document)
    .flatMap((operation) => rootFields(document, operation))
    .map(({ field }) => refused.get(field));
  if (codes.includes('UNAUTHENTICATED')) throw unauthenticated();
  if (codes.includes('FORBIDDEN')) throw forbidden('You may not subscribe to this.');
}

function subscriptionNode({ node }: QueryPlan): SubscriptionNode {
  if (node?.kind === 'Subscription') return node;
  throw badInput({ path: 'query', message: 'there is no field to subscribe to' });
}
