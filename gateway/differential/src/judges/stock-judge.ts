import { findDifference } from '../difference.js';
import { runStockExecutor } from '../executors.js';
import { runMonolith } from '../monolith.js';
import { executorRuns, type PreparedTrial } from '../prepared-trial.js';
import { findDifferenceFromMonolith } from './monolith-judge.js';
import type { Verdict } from './verdict.js';

/** Compares with the stock executor on the same plan: data, errors, and the set of requests. */
export async function judgeByStockExecutor(judged: PreparedTrial): Promise<Verdict> {
  const { testbed, trial, subject, loosen } = judged;
  if (testbed.hasContexts) {
    loosen('stockCannotRunContexts');
    return { difference: undefined };
  }
  const run = executorRuns(judged, trial);
  const reference = await run(runStockExecutor);
  const compared = await run(subject);
  const loosened: Parameters<typeof loosen>[0][] = [];
  const difference = findDifference(reference, compared, (name) => loosened.push(name));
  if (difference !== undefined && (await isStockWrong(judged))) {
    loosen('wrongStockData');
    return { difference: undefined };
  }
  loosened.forEach(loosen);
  return { reference, subject: compared, difference };
}

/** Data for which the stock executor is compared with the monolith; its mistakes need certain values. */
const comparedWorlds = 12;

/** Whether the stock executor returns something else than the monolith when nothing fails. */
async function isStockWrong(judged: PreparedTrial): Promise<boolean> {
  for (let index = 0; index < comparedWorlds; index += 1) {
    const unfailing = { ...judged.trial, world: judged.trial.world + index, failures: 'none' } as const;
    const stock = await executorRuns(judged, unfailing)(runStockExecutor);
    const monolith = await runMonolith(judged.testbed, unfailing);
    if (findDifferenceFromMonolith(monolith, stock, () => undefined) !== undefined) return true;
  }
  return false;
}
