import type { Progress } from './progress.js';
import type { Random } from '@marquee/testkit/seeded-random';

/** Causes a failure, and resolves once everything is running again. */
export type FailureAction = (random: Random) => Promise<void>;

/** A failure that occurs at a point of the drill. */
interface ScheduledFailure {
  /** The share of all messages, from 0 to 1, that is answered before it. */
  at: number;
  inject(): Promise<void>;
}

export interface InjectionOptions {
  random: Random;
  progress: Progress;
}

/** Failures occur between these shares of all messages. */
const [earliest, latest] = [0.05, 0.7];

/**
 * Injects all failures and resolves once every process is running again. Failures of different kinds may overlap. Those
 * of one kind occur one after the other in a random order, since the last replica of a service must not stop.
 */
export async function injectFailures(
  kinds: readonly (readonly FailureAction[])[],
  { random, progress }: InjectionOptions,
): Promise<void> {
  await Promise.all(kinds.map((failures) => runInOrder(schedule(failures, random.branch()), progress)));
}

function schedule(failures: readonly FailureAction[], random: Random): ScheduledFailure[] {
  const points = failures.map(() => random.between(earliest, latest)).sort((one, other) => one - other);
  return random
    .shuffled(failures)
    .map((action, index) => ({ at: points[index] ?? earliest, inject: () => action(random.branch()) }));
}

async function runInOrder(failures: readonly ScheduledFailure[], progress: Progress): Promise<void> {
  for (const { at, inject } of failures) {
    await progress.waitUntil(at);
    await inject();
  }
}
