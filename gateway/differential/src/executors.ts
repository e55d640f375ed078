import { guest } from '@marquee/chassis/identity/caller';
import type { AliasRewriter } from '@marquee/gateway/engine/planner/alias-rewriter';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import type { GraphQLError } from 'graphql';
import type { Execution } from './prepared-trial.js';
import type { Testbed, TrialContext } from './testbed.js';

/** The engine of the gateway. An event is completed together with a second one, which must not change its result. */
export async function runEngine(
  { graph }: Testbed,
  { prepared, variables, fetcher, event, onError }: Execution,
): Promise<OperationResult> {
  const context: TrialContext = { caller: guest, fetcher };
  if (!event) return graph.execute(prepared, { variables, context, onError });
  const events = onError === 'HALT' ? [event] : [event, structuredClone(event)];
  const results = await graph.completeEvents(prepared, { variables, context, onError }, events);
  return results.at(-1) ?? {};
}

/** Maximum of errors that the gateway reports for values that contradict the schema. */
const maxCompletionErrors = 20;

/**
 * The stock executor, including the errors that it hides in an extension. Like the engine, it executes the document with
 * rewritten aliases; the client's names are restored in its result.
 */
export async function runStockExecutor(testbed: Testbed, execution: Execution): Promise<OperationResult> {
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
