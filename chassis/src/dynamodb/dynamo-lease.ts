import { randomUUID } from 'node:crypto';
import { leaseSeconds } from '../events/outbox.js';
import type { ItemKey } from './batch.js';
import type { Dynamo } from './open-table.js';

/** A lease that one replica at a time holds: an item with its holder and its end. */
export interface DynamoLease {
  /** Takes the lease, or renews it in time. Returns false while another replica holds it. */
  hold(): Promise<boolean>;
  /** Ends the lease of this replica. */
  release(): Promise<void>;
}

/** A lease is renewed long before its end, since the clocks of replicas differ. */
const renewMs = (leaseSeconds * 1_000) / 3;

export function dynamoLease(dynamo: Dynamo, key: ItemKey): DynamoLease {
  const holder = randomUUID();
  let renewAt = 0;
  return {
    async hold() {
      const now = Date.now();
      if (now < renewAt) return true;
      renewAt = 0;
      if (await isHeldByOther(dynamo, key, holder, now)) return false;
      if (!(await writeLease(dynamo, key, holder, now))) return false;
      renewAt = now + renewMs;
      return true;
    },
    async release() {
      if (renewAt === 0) return;
      renewAt = 0;
      await removeLease(dynamo, key, holder);
    },
  };
}

/** A replica that waits for the lease only reads: a condition that fails costs as much as a write. */
async function isHeldByOther(
  { documents, table }: Dynamo,
  Key: ItemKey,
  holder: string,
  now: number,
): Promise<boolean> {
  const { Item } = await documents.get({ TableName: table, Key, ConsistentRead: true });
  return Item !== undefined && Item['holder'] !== holder && Number(Item['heldUntil']) >= now;
}

/** Returns false if another replica has taken the lease meanwhile. */
async function writeLease({ documents, table }: Dynamo, key: ItemKey, holder: string, now: number): Promise<boolean> {
  const lease = {
    TableName: table,
    Item: { ...key, holder, heldUntil: now + leaseSeconds * 1_000 },
    ConditionExpression: 'attribute_not_exists(heldUntil) OR holder = :holder OR heldUntil < :now',
    ExpressionAttributeValues: { ':holder': holder, ':now': now },
  };
  return (await documents.put(lease).catch(ignoreFailedCondition)) !== undefined;
}

async function removeLease({ documents, table }: Dynamo, Key: ItemKey, holder: string): Promise<void> {
  const lease = {
    TableName: table,
    Key,
    ConditionExpression: 'holder = :holder',
    ExpressionAttributeValues: { ':holder': holder },
  };
  await documents.delete(lease).catch(ignoreFailedCondition);
}

function ignoreFailedCondition(failure: unknown): undefined {
  if ((failure as Error).name !== 'ConditionalCheckFailedException') throw failure;
}
