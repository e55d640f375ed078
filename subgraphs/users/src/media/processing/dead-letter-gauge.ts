import type { Closable } from '@marquee/chassis/process/closers';
import { gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { ProcessingStore } from './processing-store.js';

/** Milliseconds between two looks. */
const period = 60_000;

/** Shows how many dead letters there are now: somebody should look at each. */
export async function recordDeadLetters(store: ProcessingStore): Promise<void> {
  gauge('marquee.media.dead_letters').record(await store.countDeadLetters());
}

/** Keeps showing them, since another process may have left one or somebody cleared them away. */
export async function startDeadLetterGauge(store: ProcessingStore, log: Logger): Promise<Closable> {
  await recordDeadLetters(store);
  const timer = setInterval(() => {
    recordDeadLetters(store).catch((err: unknown) => log.warn({ err }, 'dead letters could not be counted'));
  }, period);
  return { close: () => clearInterval(timer) };
}
