import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Closable } from '@marquee/chassis/process/closers';
import type { BurstThreadInput } from './burst-thread.js';

/** Sends a hundred operations at once, in a thread of its own: whoever takes the times meanwhile is not held up. */
export interface BurstSender extends Closable {
  /** @returns the milliseconds that each of the operations took, once all are answered */
  send(first: number): Promise<number[]>;
  close(): Promise<void>;
}

export function openBurstSender(setting: BurstThreadInput): BurstSender {
  const thread = new Worker(new URL('burst-thread.js', import.meta.url), { workerData: setting });
  return {
    async send(first) {
      thread.postMessage(first);
      const [times] = (await once(thread, 'message')) as [number[]];
      return times;
    },
    close: async () => void (await thread.terminate()),
  };
}
