import type { Closable } from '@marquee/chassis/process/closers';
import { gauge } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { ProcessingStore } from './processing-store.js';

const intervalMs = 60_000;

/** Records the current number of dead letters, each of which needs attention. */
export async function recordDeadLetters(store: ProcessingStore): Promise<void> {
  gauge('marquee.media.dead_letters').record(await store.countDeadLetters());
}

/** Records the number periodically, because other processes add dead letters and operators remove them. */
export async function startDeadLetterGauge(store: ProcessingStore, log: Logger): Promise<Closable> {
  await recordDeadLetters(store);
  const timer = setInterval(() => {
    recordDeadLetters(store).catch((err: unknown) => log.warn({ err }, 'counting dead letters failed'));
  }, intervalMs);
  return { close: () => clearInterval(timer) };
}
