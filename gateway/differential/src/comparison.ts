import { guest } from '@marquee/chassis/identity/caller';
import type { Fetcher, SubgraphResponse } from '@marquee/gateway/engine/fetcher';
import type { AliasRewriter } from '@marquee/gateway/engine/planner/alias-rewriter';
import type { OperationResult, PreparedOperation } from '@marquee/gateway/engine/planner/prepared-operation';
import { type GraphQLError, print } from 'graphql';
import { canonicalJson } from './canonical-json.js';
import { findDifference } from './difference.js';
import { runMonolith } from './monolith.js';
import { type Outcome, runOutcome } from './outcome.js';
import type { Testbed, TrialContext } from './testbed.js';
import { subgraphsOf, type Subgraphs, type Trial } from './trial.js';

/** The input of an executor. */
export interface Execution extends Trial {
  prepared: PreparedOperation;
  fetcher: Fetcher;
  /** For a subscription, the event that its subgraph sent. */
  event: SubgraphResponse | undefined;
}

export type Executor = (testbed: Testbed, execution: Execution) => Promise<OperationResult>;

export interface Comparison {
  reference: Outcome;
  subject: Outcome;
  /** The part of the outcomes that differs; undefined if they agree. */
  difference: string | undefined;
}

/** Runs a trial with the stock executor and with another one. Undefined if the operation cannot be compared. */
export async function compare(testbed: Testbed, trial: Trial, subject: Executor): Promise<Comparison | undefined> {
  const prepared = await testbed.graph.prepare(trial.document, undefined).catch(() => undefined);
  if (!prepared) return undefined;
  if (testbed.hasContexts) return compareWithMonolith(testbed, { ...trial, failures: 'none' }, prepared, subject);
  const subgraphs = subgraphsOf(testbed, trial);
  const event = eventOf(prepared, trial, subgraphs);
  const run = (executor: Executor): Promise<Outcome> =>
    runOutcome(subgraphs, (fetcher) =>
      executor(testbed, { ...trial, prepared, fetcher, event: structuredClone(event) }),
    );
  const reference = await run(runStockExecutor);
  const compared = await run(subject);
  const difference = findDifference(reference, compared);
  if (difference !== undefined && (await isStockExecutorWrong(testbed, trial, prepared))) return undefined;
  return { reference, subject: compared, difference };
}

/**
 * Whether the engine and the monolith agree on the data of an operation without failures, and the stock executor
 * disagrees. For example, it drops fields of an object that are selected in nested fragments on abstract types.
 */
async function isStockExecutorWrong(testbed: Testbed, trial: Trial, prepared: PreparedOperation): Promise<boolean> {
  const subgraphs = subgraphsOf(testbed, { ...trial, failures: 'none' });
  const event = eventOf(prepared, trial, subgraphs);
  const dataOf = async (execute: (fetcher: Fetcher) => Promise<OperationResult>): Promise<string> =>
    canonicalJson((await runOutcome(subgraphs, execute)).data);
  const [stock, engine] = [runStockExecutor, runEngine].map((executor) =>
    dataOf((fetcher) => executor(testbed, { ...trial, prepared, fetcher, event: structuredClone(event) })),
  );
  const expected = await dataOf(() => runMonolith(testbed, trial));
  return (await engine) === expected && (await stock) !== expected;
}

/**
 * The monolith has no failures and sends no fetches. Operations with conditions are skipped, because the planner
 * resolves an object to null when conditions exclude all of its fields.
 */
async function compareWithMonolith(
  testbed: Testbed,
  trial: Trial,
  prepared: PreparedOperation,
  subject: Executor,
): Promise<Comparison | undefined> {
  if (/@(skip|include)/.test(print(trial.document))) return undefined;
  const subgraphs = subgraphsOf(testbed, trial);
  const reference = await runOutcome(subgraphs, () => runMonolith(testbed, trial));
  const compared = await runOutcome(subgraphs, (fetcher) =>
    subject(testbed, { ...trial, prepared, fetcher, event: undefined }),
  );
  return {
    reference,
    subject: compared,
    difference: findDifference(reference, { ...compared, fetches: [] }),
  };
}

/** The engine of the gateway. */
export function runEngine(
  { graph }: Testbed,
  { prepared, variables, fetcher, event }: Execution,
): Promise<OperationResult> {
  const context: TrialContext = { caller: guest, fetcher };
  return graph.execute(prepared, { variables, context }, event);
}

/** Maximum of errors that the gateway reports for values that contradict the schema. */
const maxCompletionErrors = 20;

/**
 * The stock executor, including the errors that it hides in an extension. Like the engine, it executes the document with
 * rewritten aliases; the client's names are restored in its result.
 */
async function runStockExecutor(testbed: Testbed, execution: Execution): Promise<OperationResult> {
  const { prepared, variables, fetcher, event } = execution;
  const aliases = testbed.aliasesFor(execution.document);
  const document = aliases.rewrite(execution.document);
  const operation = { document, operationName: undefined, variables, context: { caller: guest } };
  const { data, errors, extensions } = await testbed.stockExecutor.run(prepared.plan, operation, fetcher, event);
  const hidden = extensions?.['valueCompletion'] as GraphQLError[] | undefined;
  const restored = aliases.restorePaths(errors ?? hidden?.slice(0, maxCompletionErrors) ?? []);
  return { data: restoreNames(aliases, data), errors: restored.map((error) => restoreMessage(aliases, error)) };
}

function restoreNames<Json>(aliases: AliasRewriter, value: Json): Json {
  if (Array.isArray(value)) return value.map((one: unknown) => restoreNames(aliases, one)) as Json;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [aliases.originalName(name), restoreNames(aliases, one)]),
  ) as Json;
}

/** Some messages contain the name of a field. */
function restoreMessage(aliases: AliasRewriter, error: GraphQLError): GraphQLError {
  error.message = error.message.replace(/\w+/g, (word) => aliases.originalName(word));
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
    return subgraphs.request(serviceName, { query: operation, variables: Object.fromEntries(used) });
  } catch {
    return { data: null };
  }
}
