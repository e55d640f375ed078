import { setTimeout as wait } from 'node:timers/promises';

/**
 * Starts calls at a constant rate and finally waits for all of them. Due times are relative to the start, so that slow calls
 * do not reduce the rate. Each is random within its interval: two loads in lockstep would collide always or never.
 *
 * @param isOver called before each call with the number of calls so far
 * @param begin receives its due time on the clock of `performance.now()`, and the number of calls before
 */
export async function runAtRate(
  perSecond: number,
  isOver: (begun: number) => boolean,
  begin: (due: number, turn: number) => Promise<unknown>,
): Promise<void> {
  const begun: Promise<unknown>[] = [];
  const started = performance.now();
  while (!isOver(begun.length)) {
    const due = started + ((begun.length + Math.random()) * 1000) / perSecond;
    if (due > performance.now()) await wait(due - performance.now());
    begun.push(begin(due, begun.length));
  }
  await Promise.all(begun);
}
