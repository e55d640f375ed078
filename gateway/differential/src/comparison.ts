import { guest } from '@marquee/chassis/identity/caller';
import type { Fetcher, SubgraphResponse } from '@marquee/gateway/engine/fetcher';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import { type GraphQLError, print } from 'graphql';
import type { AliasRewriter } from '@marquee/gateway/engine/planner/alias-rewriter';
import type { PreparedOperation } from '@marquee/gateway/engine/planner/prepared-operation';
import type { Arena, TrialContext } from './arena.js';
import { differenceOf } from './difference.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { subgraphsOf, type Subgraphs, type Trial } from './trial.js';
import { runWhole } from './whole.js';

/** What an executor is given. */
export interface Execution extends Trial {
  prepared: PreparedOperation;
  fetcher: Fetcher;
  /** For a subscription, what its subgraph sent. */
  event: SubgraphResponse | undefined;
}

/** Runs an operation. */
export type Executor = (arena: Arena, execution: Execution) => Promise<OperationResult>;

export interface Comparison {
  reference: Outcome;
  subject: Outcome;
  /** What differs; undefined when nothing does. */
  difference: string | undefined;
}

/** Runs a trial with the stock executor and with another one. Nothing for an operation that cannot be compared. */
export async function compare(arena: Arena, trial: Trial, subject: Executor): Promise<Comparison | undefined> {
  const prepared = await arena.graph.prepare(trial.document, undefined).catch(() => undefined);
  if (!prepared) return undefined;
  if (arena.hasContexts) return compareWithWhole(arena, { ...trial, faults: 'none' }, prepared, subject);
  const subgraphs = subgraphsOf(arena, trial);
  const event = eventOf(prepared, trial, subgraphs);
  const run = (executor: Executor): Promise<Outcome> =>
    outcomeOf(subgraphs, (fetcher) => executor(arena, { ...trial, prepared, fetcher, event: structuredClone(event) }));
  const reference = await run(runReference);
  const compared = await run(subject);
  return { reference, subject: compared, difference: differenceOf(reference, compared) };
}

/**
 * The whole is told no faults and sends no fetches. Operations with conditions are left out: the planner takes an object
 * for null of which it finds that they leave nothing of it.
 */
async function compareWithWhole(
  arena: Arena,
  trial: Trial,
  prepared: PreparedOperation,
  subject: Executor,
): Promise<Comparison | undefined> {
  if (/@(skip|include)/.test(print(trial.document))) return undefined;
  const subgraphs = subgraphsOf(arena, trial);
  const reference = await outcomeOf(subgraphs, () => runWhole(arena, trial));
  const compared = await outcomeOf(subgraphs, (fetcher) =>
    subject(arena, { ...trial, prepared, fetcher, event: undefined }),
  );
  return {
    reference,
    subject: compared,
    difference: differenceOf(reference, { ...compared, fetches: [] }),
  };
}

/** The engine of the gateway. */
export function runEngine(
  { graph }: Arena,
  { prepared, variables, fetcher, event }: Execution,
): Promise<OperationResult> {
  const context: TrialContext = { caller: guest, fetcher };
  return graph.execute(prepared, { variables, context }, event);
}

/** Most errors that the gateway tells of values which contradict the schema. */
const completionErrors = 20;

/**
 * The stock executor, with the errors that it hides in an extension. The engine gives some fields other names on their way:
 * here the stock executor is asked by these names, and what it answers is told by those of the client.
 */
async function runReference({ reference, naming }: Arena, execution: Execution): Promise<OperationResult> {
  const { prepared, variables, fetcher, event } = execution;
  const names = naming(execution.document);
  const document = names.rewrite(execution.document);
  const operation = { document, operationName: undefined, variables, context: { caller: guest } };
  const { data, errors, extensions } = await reference.run(prepared.plan, operation, fetcher, event);
  const hidden = extensions?.['valueCompletion'] as GraphQLError[] | undefined;
  const told = names.restorePaths(errors ?? hidden?.slice(0, completionErrors) ?? []);
  return { data: toldBy(names, data), errors: told.map((error) => worded(names, error)) };
}

function toldBy<Json>(names: AliasRewriter, value: Json): Json {
  if (Array.isArray(value)) return value.map((one: unknown) => toldBy(names, one)) as Json;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [names.originalName(name), toldBy(names, one)]),
  ) as Json;
}

/** Some messages name the field that they are about. */
function worded(names: AliasRewriter, error: GraphQLError): GraphQLError {
  error.message = error.message.replace(/\w+/g, (word) => names.originalName(word));
  return error;
}

function eventOf(
  { plan }: PreparedOperation,
  { variables }: Trial,
  subgraphs: Subgraphs,
): SubgraphResponse | undefined {
  if (plan.node?.kind !== 'Subscription') return undefined;
  const { serviceName, operation, variableUsages = [] } = plan.node.primary;
  const used = Object.entries(variables).filter(([name]) => variableUsages.includes(name));
  try {
    return subgraphs.ask(serviceName, { query: operation, variables: Object.fromEntries(used) });
  } catch {
    return { data: null };
  }
}
