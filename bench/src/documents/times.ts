import { setTimeout as wait } from 'node:timers/promises';
import type { Driver } from '../clients/drive.js';
import { known } from './questions.js';

/** Milliseconds between two requests of the known operation. */
const pace = 5;

/** Sends the known operation at a steady pace while `meanwhile` lasts, whether or not the one before is answered. */
export async function pacedTimes(driver: Driver, meanwhile: Promise<unknown>): Promise<number[]> {
  const sent: Promise<number>[] = [];
  const going = { still: true };
  const ended = meanwhile.finally(() => (going.still = false));
  for (let turn = 0; going.still; turn += 1) {
    sent.push(timed(() => driver.ask(known, turn)));
    await wait(pace);
  }
  await ended;
  return Promise.all(sent);
}

/** How many milliseconds it took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
