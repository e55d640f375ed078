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

/** Milliseconds after which the rest of an account waits, so that other tasks that are due have their turn. */
const accountMs = 3_000;

/** Attempts the tasks that are due, until it is closed, and measures which erasures are overdue. */
export function startErasureWorker(options: ErasureWorkerOptions): ErasureWorker {
  const stopping = new AbortController();
  const running = work(options, stopping.signal);
  const detached = new Set<Promise<unknown>>();
  return {
    async eraseNow(userId) {
      const erasing = runDetached(() => attemptDue(options, stopping.signal, userId));
      detached.add(erasing);
      void erasing.finally(() => detached.delete(erasing));
      await Promise.race([erasing, wait(maxWaitMs, undefined, { ref: false })]);
    },
    async close() {
      stopping.abort();
      await Promise.all([running, ...detached]);
    },
  };
}

async function work(options: ErasureWorkerOptions, stopping: AbortSignal): Promise<void> {
  const { store, log } = options;
  const overdue = observedValue('marquee.erasures.overdue', {}, { kind: 'gauge' });
  while (!stopping.aborted) {
    const isResumed = await attemptDue(options, stopping);
    overdue.value = await store.overdue().catch(() => overdue.value);
    if (overdue.value > 0) {
      const record = { count: overdue.value };
      logThrottled(log, { level: 'warn', key: 'erasures', record, message: overdueMessage });
    }
    if (!isResumed) await wait(pollMs, undefined, { signal: stopping, ref: false }).catch(() => undefined);
  }
}

/** A part that is erased outside of the database. */
type OutsideTask = ErasureTask & { part: ErasurePartName.SIGN_IN | ErasurePartName.UPLOADS };

const overdueMessage = 'data of deleted accounts are not erased everywhere';

/** Returns whether something was left that is due again. */
async function attemptDue(options: ErasureWorkerOptions, stopping: AbortSignal, userId?: string): Promise<boolean> {
  const { store, log } = options;
  try {
    const tasks = await store.claim(batchSize, userId);
    const isLeft = await Promise.all(tasks.map((task) => attempt(task, options, stopping)));
    return isLeft.includes(true);
  } catch (err) {
    logThrottled(log, { level: 'warn', key: 'erasure', record: { err }, message: 'no erasure could be attempted' });
    return false;
  }
}

/** Returns whether a rest of the task is due again. */
async function attempt(task: ErasureTask, options: ErasureWorkerOptions, stopping: AbortSignal): Promise<boolean> {
  const { erasureId, userId, part } = task;
  try {
    if (part === ErasurePartName.ACCOUNT) return await eraseAccount(task, options, stopping);
    const counts = await erase({ ...task, part }, options);
    await options.store.complete({ userId, part, counts, erasedAt: new Date() });
  } catch (err) {
    options.log.warn({ err, erasureId, part }, 'a part of an erasure failed, and is attempted again');
  }
  return false;
}

/**
 * Erases batches of an account for a while. Each is recorded: after the end of the process, another one continues.
 * Returns whether a rest is left.
 */
async function eraseAccount(
  { erasureId, userId }: ErasureTask,
  { store, accounts, announcer }: ErasureWorkerOptions,
  stopping: AbortSignal,
): Promise<boolean> {
  const startedAt = performance.now();
  while (!stopping.aborted && performance.now() - startedAt < accountMs) {
    const { activityIds, isComplete } = await accounts.eraseMore(userId);
    announcer.announce(activityIds);
    if (isComplete) return false;
    await wait(batchPauseMs, undefined, { signal: stopping }).catch(() => undefined);
  }
  await store.resumeLater(erasureId);
  return true;
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
