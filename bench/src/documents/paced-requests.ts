import { setTimeout as wait } from 'node:timers/promises';
import type { LoadDriver } from '../clients/load-driver.js';
import { knownOperation } from './document-operations.js';

/** Milliseconds between two requests. */
const intervalMs = 5;

/**
 * Sends the known operation at a constant rate until `meanwhile` settles, without waiting for responses.
 * @returns the latencies in milliseconds
 */
export async function measureAtPace(driver: LoadDriver, meanwhile: Promise<unknown>): Promise<number[]> {
  const sent: Promise<number>[] = [];
  const going = { still: true };
  const ended = meanwhile.finally(() => (going.still = false));
  for (let turn = 0; going.still; turn += 1) {
    sent.push(timeMs(() => driver.request(knownOperation, turn)));
    await wait(intervalMs);
  }
  await ended;
  return Promise.all(sent);
}

/** @returns the duration of `work` in milliseconds */
export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
