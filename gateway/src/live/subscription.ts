import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
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

/** Stands in a plan for the event that a subgraph sent. No subgraph can have this name. */
const eventService = '(event)';

/**
 * Plans a subscription: the planner tells which subgraph sends the events and what others add to them,
 * and the engine completes every event as it completes a query.
 *
 * @throws GraphQLError when there is nothing to subscribe to
 */
export function planSubscription(graph: Graph, operation: LiveOperation): Subscription {
  const { variables, operationName } = operation;
  const { document, text, field, name, definition, mark } = rewritten(graph, operation);
  const planned = subscriptionNode(graph.plan(document, operationName));
  const { primary, rest } = planned;
  const plan = eventPlan(primary, rest);
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
      // The executor writes into what it is given, so it gets a copy.
      const source = { process: async () => structuredClone(event) };
      const running = { document, operationName, variables, context: { caller } };
      const result = await graph.execute(plan, running, { [eventService]: source });
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

function eventPlan(primary: FetchNode, rest: PlanNode | undefined): QueryPlan {
  const event: FetchNode = { ...primary, serviceName: eventService };
  return { kind: 'QueryPlan', node: rest ? { kind: 'Sequence', nodes: [event, rest] } : event };
}
