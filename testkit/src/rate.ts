import { setTimeout as wait } from 'node:timers/promises';

/**
 * Begins one after the other at a rate, and waits for all of them in the end. When each is due is reckoned from the
 * start, so the rate is held however long they take: who comes late to one is not late to all that follow. Each comes
 * by chance in its share of the time, for two loads that kept step would wait for each other always or never.
 *
 * @param isOver asked before each, with how many were begun
 * @param begin told when it was due, on the clock of `performance.now()`, and how many were begun before
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
