import { setTimeout as wait } from 'node:timers/promises';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Dynamo } from '@marquee/chassis/dynamodb/open';

/** One write of a transaction; the table is filled in. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Why an item kept its transaction from happening; `None` for one that did not. */
export interface Reason {
  Code?: string;
  /** What was there, as DynamoDB writes it. */
  Item?: Record<string, { S?: string }>;
}

/** How often something is tried that others are in the way of: with pauses, some ten seconds. */
const attempts = 40;
const firstPause = 10;
const longestPause = 400;

/** Writes all or nothing. Answers null when it is done, and a reason for each write when it is not. */
export async function transact({ documents }: Dynamo, writes: readonly Write[]): Promise<Reason[] | null> {
  try {
    await documents.send(new TransactWriteCommand({ TransactItems: [...writes] }));
    return null;
  } catch (failure) {
    const { name, CancellationReasons = [] } = failure as Error & { CancellationReasons?: Reason[] };
    if (name !== 'TransactionCanceledException') throw failure;
    if (CancellationReasons.some(({ Code }) => Code === 'ValidationError')) throw failure;
    return CancellationReasons;
  }
}

/** What an attempt answers when somebody else was in the way: try again. */
export const writeConflict = Symbol('contended');

/**
 * Tries until nobody is in the way, with pauses that vary, so that replicas which met once do not meet again.
 * @throws when they are for too long
 */
export async function retryOnConflict<Result>(attempt: () => Promise<Result | typeof writeConflict>): Promise<Result> {
  for (let tried = 1; tried <= attempts; tried += 1) {
    const result = await attempt();
    if (result !== writeConflict) return result;
    await wait(Math.random() * Math.min(longestPause, firstPause * 2 ** tried));
  }
  throw new Error(`Others were in the way of ${attempts} attempts to write`);
}
