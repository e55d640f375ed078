import type { TransactWrite } from '@marquee/chassis/dynamodb/document-client';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { StoreError } from '@marquee/chassis/errors/store-error';
import { type BackoffOptions, waitForBackoff } from '@marquee/chassis/timing/backoff';

/** One write of a transaction. */
export type Write = TransactWrite;

/** Why a write cancelled its transaction; the code is `None` for a write that did not. */
export interface CancellationReason {
  Code?: string;
}

/** With the delays between them, at most about 15 seconds in total. */
const maxAttempts = 40;

const conflictBackoff: BackoffOptions = { baseMs: 20, maxMs: 400, jitter: 'full' };

/** Writes all or nothing. Returns null on success, or one reason per write if the transaction was cancelled. */
export async function transact({ documents }: Dynamo, writes: readonly Write[]): Promise<CancellationReason[] | null> {
  try {
    await documents.transactWrite({ TransactItems: [...writes] });
    return null;
  } catch (failure) {
    const { name, CancellationReasons = [] } = failure as Error & { CancellationReasons?: CancellationReason[] };
    if (name !== 'TransactionCanceledException') throw failure;
    if (CancellationReasons.some(({ Code }) => Code === 'ValidationError')) throw failure;
    return CancellationReasons;
  }
}

/** The result of an attempt that another writer interrupted and that should be retried. */
export const writeConflict = Symbol('write conflict');

/**
 * Optimistic concurrency: retries an attempt while it conflicts with other writers, with exponential back-off and full
 * jitter, so that replicas that collided once do not collide again.
 * @throws StoreError after 40 attempts
 */
export async function retryOnConflict<Result>(attempt: () => Promise<Result | typeof writeConflict>): Promise<Result> {
  for (let tried = 1; tried <= maxAttempts; tried += 1) {
    const result = await attempt();
    if (result !== writeConflict) return result;
    await waitForBackoff(tried, conflictBackoff);
  }
  throw new StoreError('unavailable', new Error(`${maxAttempts} attempts to write conflicted with other writers`));
}
