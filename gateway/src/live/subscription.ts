import type { FetchNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { badInput } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { ExecutionResult } from 'graphql';
import type { Graph } from '../engine/graph.js';
import { callerClass, callerKey, likenessOf } from './audience.js';
import { cursorOf, dropCursor, startOf } from './cursor.js';
import type { LiveOperation } from './operation.js';
import { rewritten, usedVariables } from './rewriting.js';

/** A subscription that is planned on one graph. */
export interface Subscription {
  /** The subscription of the subgraph that sends the events. */
  primary: FetchNode;
  variables: Record<string, unknown>;
  /** Whether it can go on after an interruption from any event. */
  resumable: boolean;
  /** The cursor that the client gave; undefined for "from now on". */
  start: unknown;
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
 * @throws GraphQLError when there is nothing to subscribe to
 */
export async function planSubscription(graph: Graph, operation: LiveOperation): Promise<Subscription> {
  const { variables, operationName } = operation;
  const { document, text, field, name, definition, mark } = rewritten(graph, operation);
  const prepared = await graph.prepare(document, operationName);
  const planned = subscriptionNode(prepared.plan);
  const { primary } = planned;
  const alike = likenessOf(planned, graph.supergraphSchema);
  const request = JSON.stringify([text, operationName, usedVariables(document, variables)]);
  return {
    primary,
    variables,
    resumable: mark !== undefined,
    start: mark && startOf(definition, field, variables, mark),
    key: (caller) => `${alike.event ? callerClass(caller) : callerKey(caller)} ${request}`,
    audience: (caller) => (alike.event && alike.rest ? '' : callerKey(caller)),
    cursor: (event) => (mark ? cursorOf(event, name) : undefined),
    async complete(event, caller) {
      const result = (await graph.execute(prepared, { variables, context: { caller } }, event)) as ExecutionResult;
      if (mark) dropCursor(result, name);
      return result;
    },
  };
}

/** Tells whether two plans ask a subgraph for the same events. */
export function sameSource({ primary: one }: Subscription, { primary: other }: Subscription): boolean {
  return one.serviceName === other.serviceName && one.operation === other.operation;
}

function subscriptionNode({ node }: QueryPlan): SubscriptionNode {
  if (node?.kind === 'Subscription') return node;
  throw badInput({ path: 'query', message: 'there is no field to subscribe to' });
}
