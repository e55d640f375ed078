import { guest } from '@marquee/chassis/identity/caller';
import { activeIncrements } from '@marquee/gateway/engine/planner/active-increments';
import type { LaterResult, StartedOperation } from '@marquee/gateway/engine/planner/started-operation';
import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import { OperationTypeNode, parse, print, validate } from 'graphql';
import type { Dice } from '../operations/dice.js';
import { generateOperation } from '../operations/generate-operation.js';
import type { Testbed, TrialContext } from '../testbed.js';
import { subgraphsOf, type Trial } from '../trial.js';
import { contradiction } from './compare-results.js';
import { insertIncrements } from './insert-increments.js';
import { mergeResults } from './merge-results.js';

/** Draws an operation with `@defer` and `@stream`; undefined if the drawn one has none. */
export function drawIncremental(testbed: Testbed, dice: Dice, failures: Trial['failures']): Trial | undefined {
  const { schema } = testbed.graph;
  const { QUERY, MUTATION } = OperationTypeNode;
  const kind = dice.pick(schema.getMutationType() ? [QUERY, QUERY, MUTATION] : [QUERY]);
  const { document, variables } = generateOperation(schema, dice, kind);
  const incremental = parse(print(insertIncrements(schema, document, dice)));
  if (validate(schema, incremental).length > 0) return undefined;
  if (!activeIncrements({ document: incremental, operationName: undefined, variables })) return undefined;
  return { document: incremental, variables, world: dice.below(1_000_000), failures };
}

/** Executes an operation for one result and for several. Returns how these differ; undefined if they agree. */
export async function checkIncrements(testbed: Testbed, trial: Trial): Promise<string | undefined> {
  const single = await runSingle(testbed, trial);
  const { result, later } = await startIncremental(testbed, trial);
  const results: LaterResult[] = [];
  for await (const one of later ?? []) results.push(one);
  return (
    sequenceFault(later !== undefined, results) ??
    contradiction(single.data ?? null, mergeResults(result.data ?? null, results)) ??
    errorFault(single, [
      ...(result.errors ?? []),
      ...results.flatMap(({ parts }) => parts.flatMap((part) => part.errors)),
    ])
  );
}

function sequenceFault(isIncremental: boolean, results: readonly LaterResult[]): string | undefined {
  const expected = results.map((_, index) => index < results.length - 1);
  if (isIncremental && results.length === 0) return 'nothing follows';
  return results.some(({ hasNext }, index) => hasNext !== expected[index]) ? 'hasNext is wrong' : undefined;
}

/**
 * Both have errors or neither has. They may have different ones: an error in a field that may not be null hides those of
 * the other fields of a fetch.
 */
function errorFault(single: OperationResult, errors: readonly { message: string }[]): string | undefined {
  const known = single.errors ?? [];
  if (known.length === 0 && errors.length > 0) return `there is an error: ${errors[0]?.message ?? ''}`;
  return known.length > 0 && errors.length === 0 ? 'the errors are missing' : undefined;
}

async function runSingle(testbed: Testbed, trial: Trial): Promise<OperationResult> {
  const prepared = await testbed.graph.prepare(trial.document, undefined);
  return testbed.graph.execute(prepared, { variables: trial.variables, context: contextOf(testbed, trial) });
}

async function startIncremental(testbed: Testbed, trial: Trial): Promise<StartedOperation> {
  const { document, variables } = trial;
  const increments = activeIncrements({ document, operationName: undefined, variables });
  const prepared = await testbed.graph.prepare(document, undefined, undefined, undefined, increments);
  return testbed.graph.start(prepared, { variables, context: contextOf(testbed, trial) });
}

function contextOf(testbed: Testbed, trial: Trial): TrialContext {
  const subgraphs = subgraphsOf(testbed, trial);
  return {
    caller: guest,
    fetcher: {
      async fetch(subgraph, { body }) {
        return subgraphs.request(subgraph, JSON.parse(body) as { query: string; variables: Record<string, unknown> });
      },
    },
  };
}

export function textOf({ document, variables, world }: Trial): string {
  return `${print(document)}\nvariables ${JSON.stringify(variables)}, world ${world}`;
}
