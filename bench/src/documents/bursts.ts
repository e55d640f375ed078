import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Setting } from './burst-thread.js';

/** Sends a hundred operations at once, in a thread of its own: whoever takes the times meanwhile is not held up. */
export interface Bursts extends Closable {
  /** @returns the milliseconds that each of the operations took, once all are answered */
  of(first: number): Promise<number[]>;
  close(): Promise<void>;
}

export function openBursts(setting: Setting): Bursts {
  const thread = new Worker(new URL('burst-thread.js', import.meta.url), { workerData: setting });
  return {
    async of(first) {
      thread.postMessage(first);
      const [times] = (await once(thread, 'message')) as [number[]];
      return times;
    },
    close: async () => void (await thread.terminate()),
  };
}
