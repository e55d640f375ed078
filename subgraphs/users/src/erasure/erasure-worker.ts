import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { runDetached } from '@marquee/chassis/telemetry/request-scope';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import type { AccountErasureStore } from '../accounts/account-erasure.js';
import type { ChangeAnnouncer } from '../activities/change-announcer.js';
import { removeUploads, type UploadsRemoval } from '../media/uploads-removal.js';
import { ErasurePartName } from './erasure-model.js';
import type { ErasedCounts, ErasureStore, ErasureTask } from './erasure-store.js';
import type { SignIns } from './sign-in-removal.js';

export interface ErasureWorkerOptions {
  store: ErasureStore;
  accounts: AccountErasureStore;
  announcer: ChangeAnnouncer;
  signIns: SignIns;
  uploads: UploadsRemoval;
  log: Logger;
}

/** Erases data of deleted accounts: those outside of the database, and those that are too many for one transaction. */
export interface ErasureWorker extends Closable {
  /** Attempts the tasks of one user now, and waits for at most two seconds. A task that fails is attempted again later. */
  eraseNow(userId: string): Promise<void>;
}

/** Milliseconds between two looks for tasks that are due. */
const pollMs = 5_000;

const maxWaitMs = 2_000;

/** Tasks that are attempted at the same time. */
const batchSize = 8;

/** Milliseconds between two batches of one account, so that other requests find the database free. */
const batchPauseMs = 25;

/** Attempts the tasks that are due, until it is closed, and measures which erasures are overdue. */
export function startErasureWorker(options: ErasureWorkerOptions): ErasureWorker {
  const { store, log } = options;
  const overdue = observedValue('marquee.erasures.overdue', {}, { kind: 'gauge' });
  const stopping = new AbortController();
  const running = work();
  return {
    async eraseNow(userId) {
      const erasing = runDetached(() => attemptDue(options, stopping.signal, userId));
      await Promise.race([erasing, wait(maxWaitMs, undefined, { ref: false })]);
    },
    async close() {
      stopping.abort();
      await running;
    },
  };

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      await attemptDue(options, stopping.signal);
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

/** A part that is erased outside of the database. */
type OutsideTask = ErasureTask & { part: ErasurePartName.SIGN_IN | ErasurePartName.UPLOADS };

const overdueMessage = 'data of deleted accounts are not erased everywhere';

async function attemptDue(options: ErasureWorkerOptions, stopping: AbortSignal, userId?: string): Promise<void> {
  const { store, log } = options;
  try {
    const tasks = await store.claim(batchSize, userId);
    await Promise.all(tasks.map((task) => attempt(task, options, stopping)));
  } catch (err) {
    logThrottled(log, { level: 'warn', key: 'erasure', record: { err }, message: 'no erasure could be attempted' });
  }
}

async function attempt(task: ErasureTask, options: ErasureWorkerOptions, stopping: AbortSignal): Promise<void> {
  const { erasureId, userId, part } = task;
  try {
    if (part === ErasurePartName.ACCOUNT) return await eraseAccount(userId, options, stopping);
    const counts = await erase({ ...task, part }, options);
    await options.store.complete({ userId, part, counts, erasedAt: new Date() });
  } catch (err) {
    options.log.warn({ err, erasureId, part }, 'a part of an erasure failed, and is attempted again');
  }
}

/** Each batch is recorded: after the end of the process, another one continues. */
async function eraseAccount(
  userId: string,
  { accounts, announcer }: ErasureWorkerOptions,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    const { activityIds, isComplete } = await accounts.eraseMore(userId);
    announcer.announce(activityIds);
    if (isComplete) return;
    await wait(batchPauseMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}

async function erase({ part, userId, sub }: OutsideTask, options: ErasureWorkerOptions): Promise<ErasedCounts> {
  switch (part) {
    case ErasurePartName.SIGN_IN:
      return { signIns: (await options.signIns.remove(sub)) ? 1 : 0 };
    case ErasurePartName.UPLOADS:
      return { uploads: await removeUploads(userId, options.uploads) };
    default:
      return part satisfies never;
  }
}
