import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { removeUploads, type UploadsRemoval } from '../media/uploads-removal.js';
import { ErasurePartName } from './erasure-model.js';
import type { ErasedCounts, ErasureStore, ErasureTask } from './erasure-store.js';
import type { SignIns } from './sign-in-removal.js';

export interface ErasureWorkerOptions {
  store: ErasureStore;
  signIns: SignIns;
  uploads: UploadsRemoval;
  log: Logger;
}

/** Erases data of deleted accounts outside of the database. */
export interface ErasureWorker extends Closable {
  /** Attempts the tasks of one user now, and waits for at most two seconds. A task that fails is attempted again later. */
  eraseNow(userId: string): Promise<void>;
}

/** Milliseconds between two looks for tasks that are due. */
const pollMs = 5_000;

const maxWaitMs = 2_000;

/** Tasks that are attempted at the same time. */
const batchSize = 8;

/** Attempts the tasks that are due, until it is closed, and measures which erasures are overdue. */
export function startErasureWorker(options: ErasureWorkerOptions): ErasureWorker {
  const { store, log } = options;
  const overdue = observedValue('marquee.erasures.overdue', {}, { kind: 'gauge' });
  const stopping = new AbortController();
  const running = work();
  return {
    async eraseNow(userId) {
      const erasing = runDetached(() => attemptDue(options, userId));
      await Promise.race([erasing, wait(maxWaitMs, undefined, { ref: false })]);
    },
    async close() {
      stopping.abort();
      await running;
    },
  };

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      await attemptDue(options);
      overdue.value = await store.overdue().catch(() => overdue.value);
      if (overdue.value > 0)
        logThrottled(log, {
          level: 'warn',
          key: 'erasures',
          record: { count: overdue.value },
          message: overdueMessage,
        });
      await wait(pollMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  }
}

const overdueMessage = 'data of deleted accounts are not erased everywhere';

async function attemptDue(options: ErasureWorkerOptions, userId?: string): Promise<void> {
  const { store, log } = options;
  try {
    const tasks = await store.claim(batchSize, userId);
    await Promise.all(tasks.map((task) => attempt(task, options)));
  } catch (err) {
    logThrottled(log, { level: 'warn', key: 'erasure', record: { err }, message: 'no erasure could be attempted' });
  }
}

async function attempt(task: ErasureTask, options: ErasureWorkerOptions): Promise<void> {
  const { erasureId, userId, part } = task;
  try {
    const counts = await erase(task, options);
    await options.store.complete({ userId, part, counts, erasedAt: new Date() });
  } catch (err) {
    options.log.warn({ err, erasureId, part }, 'a part of an erasure failed, and is attempted again');
  }
}

async function erase({ part, userId, sub }: ErasureTask, options: ErasureWorkerOptions): Promise<ErasedCounts> {
  switch (part) {
    case ErasurePartName.SIGN_IN:
      return { signIns: (await options.signIns.remove(sub)) ? 1 : 0 };
    case ErasurePartName.UPLOADS:
      return { uploads: await removeUploads(userId, options.uploads) };
    default:
      return part satisfies never;
  }
}
