import { guest } from '@marquee/chassis/identity/caller';
import type { Fetcher, SubgraphResponse } from '@marquee/gateway/engine/fetcher';
import type { ErrorBehavior } from '@marquee/gateway/engine/operation-context';
import type { OperationResult, PreparedOperation } from '@marquee/gateway/engine/planner/prepared-operation';
import { getOperationAST, getVariableValues, GraphQLError } from 'graphql';
import type { Loosen } from './loosenings.js';
import { type Outcome, runOutcome } from './outcome.js';
import type { Testbed } from './testbed.js';
import { type Subgraphs, subgraphsOf, type Trial } from './trial.js';

/** The input of an executor. */
export interface Execution extends Trial {
  prepared: PreparedOperation;
  fetcher: Fetcher;
  /** For a subscription, the event that its subgraph sent. */
  event: SubgraphResponse | undefined;
  onError: ErrorBehavior | undefined;
}

export type Executor = (testbed: Testbed, execution: Execution) => Promise<OperationResult>;

/** A trial whose operation the engine has planned. */
export interface PreparedTrial {
  testbed: Testbed;
  trial: Trial;
  prepared: PreparedOperation;
  /** The variables with their default values. */
  coerced: Readonly<Record<string, unknown>>;
  subject: Executor;
  loosen: Loosen;
}

/** Prepares a trial as the gateway would. Undefined if the engine may refuse it. @throws when it must not */
export async function prepareTrial(
  testbed: Testbed,
  trial: Trial,
  subject: Executor,
  loosen: Loosen,
): Promise<PreparedTrial | undefined> {
  const { document, variables } = trial;
  const { schema, validate, validateVariables, prepare } = testbed.graph;
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  const { coerced, errors: expected = [] } = getVariableValues(schema, definitions, variables);
  const operation = {
    document,
    operationName: undefined,
    variables: structuredClone(variables),
    context: { caller: guest },
  };
  const [error] = [...(await validate(document)), ...expected, ...validateVariables(operation)];
  if (error) throw error;
  const labels = activeLabels(testbed, trial);
  const preparing = prepare(document, undefined, undefined, undefined, undefined, labels);
  const prepared = await preparing.catch((reason: unknown) => {
    if (!isTooConditional(reason)) throw reason;
    loosen('tooManyConditions');
    return undefined;
  });
  return prepared && { testbed, trial, prepared, coerced: coerced ?? {}, subject, loosen };
}

/** Some of the labels of progressive overrides that the document meets, by the seed of the trial. */
export function activeLabels({ graph }: Testbed, { document, world }: Trial): string[] {
  return graph.labelsIn(document).filter((_, index) => ((world >> (index % 16)) & 1) === 1);
}

function isTooConditional(reason: unknown): boolean {
  return reason instanceof GraphQLError && /^An operation may use at most \d+ variables in @skip/.test(reason.message);
}

/** Runs executors on the same subgraphs. The event of a subscription is requested once. */
export function executorRuns(
  { testbed, prepared }: PreparedTrial,
  trial: Trial,
  onError?: ErrorBehavior,
): (executor: Executor) => Promise<Outcome> {
  const subgraphs = subgraphsOf(testbed, trial);
  const event = eventOf(prepared, trial, subgraphs, onError);
  return (executor) =>
    runOutcome(subgraphs, (fetcher) =>
      executor(testbed, { ...trial, prepared, fetcher, event: structuredClone(event), onError }),
    );
}

function eventOf(
  { plan }: PreparedOperation,
  { variables }: Trial,
  subgraphs: Subgraphs,
  onError: ErrorBehavior | undefined,
): SubgraphResponse | undefined {
  if (plan.node?.kind !== 'Subscription') return undefined;
  const { serviceName, operation, variableUsages = [] } = plan.node.primary;
  const used = Object.entries(variables).filter(([name]) => variableUsages.includes(name));
  try {
    return subgraphs.request(serviceName, { query: operation, variables: Object.fromEntries(used), onError });
  } catch {
    return { data: null, errors: [{ message: 'no event' }] };
  }
}
