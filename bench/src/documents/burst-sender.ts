import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Closable } from '@marquee/chassis/process/closers';
import type { BurstThreadInput } from './burst-thread.js';

/** Sends bursts of operations from a separate thread, so that the latency measurement on this thread is not delayed. */
export interface BurstSender extends Closable {
  /** @returns the latency of each operation in milliseconds, once all are answered */
  send(first: number): Promise<number[]>;
  close(): Promise<void>;
}

export function openBurstSender(input: BurstThreadInput): BurstSender {
  const thread = new Worker(new URL('burst-thread.js', import.meta.url), { workerData: input });
  return {
    async send(first) {
      thread.postMessage(first);
      const [times] = (await once(thread, 'message')) as [number[]];
      return times;
    },
    close: async () => void (await thread.terminate()),
  };
}
