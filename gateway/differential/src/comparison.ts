import { guest } from '@marquee/chassis/identity/caller';
import type { Fetcher, SubgraphResponse } from '@marquee/gateway/engine/fetcher';
import type { AliasRewriter } from '@marquee/gateway/engine/planner/alias-rewriter';
import type { OperationResult, PreparedOperation } from '@marquee/gateway/engine/planner/prepared-operation';
import type { GraphQLError } from 'graphql';
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
  /** Why a difference from the stock executor was accepted. */
  accepted?: Acceptance;
}

/**
 * The accepted differences from the stock executor, apart from those in `difference.ts`:
 * - `wrong`: without failures, the stock executor does not return the data of the monolith, which the engine returns. It
 *   loses the fields of an object in a fragment on its interface or union, for instance.
 */
export type Acceptance = 'wrong';

/**
 * Runs a trial with another executor, and compares it with two references: without failures with the monolith, which
 * shares no code with the gateway and knows no plan, and with failures with the stock executor, on the same plan.
 * Undefined if the operation cannot be planned.
 */
export async function compare(testbed: Testbed, trial: Trial, subject: Executor): Promise<Comparison | undefined> {
  const prepared = await testbed.graph.prepare(trial.document, undefined).catch(() => undefined);
  if (!prepared) return undefined;
  const isSubscription = prepared.plan.node?.kind === 'Subscription';
  const compared = isSubscription ? undefined : await compareWithMonolith(testbed, trial, prepared, subject);
  if (compared?.difference !== undefined || testbed.hasContexts) return compared;
  const comparison = await compareWithStockExecutor(testbed, trial, prepared, subject);
  if (comparison.difference === undefined || isSubscription) return comparison;
  const unfailing = await compareWithMonolith(testbed, trial, prepared, runStockExecutor);
  return unfailing.difference === undefined ? comparison : { ...comparison, difference: undefined, accepted: 'wrong' };
}

async function compareWithStockExecutor(
  testbed: Testbed,
  trial: Trial,
  prepared: PreparedOperation,
  subject: Executor,
): Promise<Comparison> {
  const subgraphs = subgraphsOf(testbed, trial);
  const event = eventOf(prepared, trial, subgraphs);
  const run = (executor: Executor): Promise<Outcome> =>
    runOutcome(subgraphs, (fetcher) =>
      executor(testbed, { ...trial, prepared, fetcher, event: structuredClone(event) }),
    );
  const reference = await run(runStockExecutor);
  const compared = await run(subject);
  return { reference, subject: compared, difference: findDifference(reference, compared) };
}

/**
 * Compares data with the order of fields, mutations with their order, and whether there are errors: their messages are
 * those of graphql-js, and it stops at the first error below a null.
 */
async function compareWithMonolith(
  testbed: Testbed,
  trial: Trial,
  prepared: PreparedOperation,
  subject: Executor,
): Promise<Comparison> {
  const unfailing: Trial = { ...trial, failures: 'none' };
  const subgraphs = subgraphsOf(testbed, unfailing);
  const expected = await runMonolith(testbed, unfailing);
  const reference = { ...(await runOutcome(subgraphs, async () => expected)), mutations: expected.mutations };
  const compared = await runOutcome(subgraphs, (fetcher) =>
    subject(testbed, { ...unfailing, prepared, fetcher, event: undefined }),
  );
  return { reference, subject: compared, difference: findDifferenceFromMonolith(reference, compared) };
}

function findDifferenceFromMonolith(reference: Outcome, subject: Outcome): string | undefined {
  if (subject.thrown !== undefined) return 'thrown';
  if (JSON.stringify(reference.data) !== JSON.stringify(subject.data)) return 'data of the monolith';
  if ((reference.errors.length === 0) !== (subject.errors.length === 0)) return 'errors of the monolith';
  if (reference.mutations.join() !== subject.mutations.join()) return 'mutations';
  return undefined;
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
