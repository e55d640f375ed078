import type { GraphQLDataSource } from '@apollo/gateway';
import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { badInput, upstreamUnavailable } from '@marquee/chassis/errors/errors';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Graph, RunningOperation } from '../engine/graph.js';
import type { Upstreams } from '../upstream/upstreams.js';

/** Stands in a plan for the event that a subgraph sent. No subgraph can have this name. */
const eventService = '(event)';

/**
 * The results of a subscription: the planner tells which subgraph sends the events and what others add to them,
 * and the engine completes every event as it completes a query.
 *
 * @throws BAD_USER_INPUT when there is nothing to subscribe to
 */
export function subscriptionResults(
  graph: Graph,
  operation: RunningOperation,
  upstreams: Upstreams,
): AsyncIterableIterator<ExecutionResult> {
  const { primary, rest } = subscriptionNode(graph.plan(operation.document, operation.operationName));
  const plan = eventPlan(primary, rest);
  const upstream = upstreams.named(primary.serviceName);
  if (!upstream) throw upstreamUnavailable(primary.serviceName);
  const events = upstream.subscribe(
    { query: primary.operation, variables: used(primary, operation.variables), operationName: primary.operationName },
    operation.context.caller,
  );
  const complete = (event: ExecutionResult) => graph.execute(plan, operation, { [eventService]: sourceOf(event) });
  return {
    next: () => nextResult(events, complete),
    return: async () => {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A stream that fails tells why in its last result. */
async function nextResult(
  events: AsyncIterator<ExecutionResult>,
  complete: (event: ExecutionResult) => Promise<ExecutionResult>,
): Promise<IteratorResult<ExecutionResult>> {
  try {
    const event = await events.next();
    return event.done ? { done: true, value: undefined } : { done: false, value: await complete(event.value) };
  } catch (failure) {
    const error = failure instanceof GraphQLError ? failure : new GraphQLError('', { originalError: failure as Error });
    return { done: false, value: { errors: [error] } };
  }
}

function subscriptionNode({ node }: QueryPlan): SubscriptionNode {
  if (node?.kind === 'Subscription') return node;
  throw badInput({ path: 'query', message: 'there is no field to subscribe to' });
}

function eventPlan(primary: FetchNode, rest: PlanNode | undefined): QueryPlan {
  const event: FetchNode = { ...primary, serviceName: eventService };
  return { kind: 'QueryPlan', node: rest ? { kind: 'Sequence', nodes: [event, rest] } : event };
}

function used({ variableUsages = [] }: FetchNode, variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(variableUsages.filter((name) => name in variables).map((name) => [name, variables[name]]));
}

/** The executor writes into what it is given, so it gets a copy. */
function sourceOf(event: ExecutionResult): GraphQLDataSource {
  return { process: async () => structuredClone(event) };
}
