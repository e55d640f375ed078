import type { GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { guest } from '@marquee/chassis/identity/caller';
import type { GatewayExecutionResult } from '@apollo/server-gateway-interface';
import type { Arena } from './arena.js';
import { differenceOf } from './difference.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { type Execution, runReference } from './reference.js';
import type { SentFetch } from './sent-fetch.js';
import { subgraphsOf, type Subgraphs, type Trial } from './trial.js';

/** What is compared with the stock executor. */
export type Executor = (arena: Arena, execution: Execution) => Promise<GatewayExecutionResult>;

export interface Comparison {
  reference: Outcome;
  subject: Outcome;
  /** What differs; undefined when nothing does. */
  difference: string | undefined;
}

/** The engine of the gateway. */
export function runEngine(
  { graph }: Arena,
  { plan, document, variables, services }: Execution,
): Promise<GatewayExecutionResult> {
  const operation = { document, operationName: undefined, variables, context: { caller: guest } };
  return graph.execute(plan, operation, services);
}

/** Runs a trial with both executors. Nothing for an operation that cannot be planned. */
export async function compare(arena: Arena, trial: Trial, subject: Executor): Promise<Comparison | undefined> {
  const plan = planOf(arena, trial);
  if (!plan) return undefined;
  const subgraphs = subgraphsOf(arena, trial);
  const run = (executor: Executor): Promise<Outcome> =>
    outcomeOf((sent) => executor(arena, { ...trial, plan, services: servicesOf(arena, subgraphs, sent) }));
  const reference = await run(runReference);
  const compared = await run(subject);
  return { reference, subject: compared, difference: differenceOf(reference, compared) };
}

function planOf({ plan }: Arena, { document }: Trial): QueryPlan | undefined {
  try {
    return plan(document);
  } catch {
    return undefined;
  }
}

function servicesOf(arena: Arena, subgraphs: Subgraphs, sent: SentFetch[]): Execution['services'] {
  return Object.fromEntries([...arena.subgraphs.keys()].map((name) => [name, serviceOf(name, subgraphs, sent)]));
}

function serviceOf(subgraph: string, subgraphs: Subgraphs, sent: SentFetch[]): GraphQLDataSource {
  return {
    async process({ request }) {
      const { query = '', variables = {} } = request;
      sent.push({ subgraph, query, variables: structuredClone({ ...variables }) });
      return subgraphs.ask(subgraph, { query, variables });
    },
  };
}
