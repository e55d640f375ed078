import { EventEmitter, once } from 'node:events';

/** Progress of the drill, by which failures are scheduled independently of the speed of the machine. */
export interface Progress {
  /** Counts one answered message. */
  increment(): void;
  /** Resolves once the given share of all messages, from 0 to 1, is answered. */
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
