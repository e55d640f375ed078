import { EventEmitter, once } from 'node:events';

/** How far the drill is: faults come at certain points of it, however quick the machine is. */
export interface Progress {
  /** One more message was answered. */
  increment(): void;
  /** Returns once so much of all messages, from 0 to 1, was answered. */
  waitUntil(share: number): Promise<void>;
  done(): number;
}

export function createProgress(total: number): Progress {
  const steps = new EventEmitter().setMaxListeners(0);
  let done = 0;
  return {
    increment() {
      done += 1;
      steps.emit('step');
    },
    async waitUntil(share) {
      while (done < total * share) await once(steps, 'step');
    },
    done: () => done,
  };
}
