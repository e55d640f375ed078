import type { TransactWrite } from '../dynamodb/document-client.js';
import type { Dynamo } from '../dynamodb/open-table.js';
import { type Quota, quotaCharge, quotaExceeded, type QuotaTable } from './quota.js';

/** Counts the actions of users in items of the service's table. */
export interface DynamoQuotas<Action extends string> {
  /**
   * Returns the write that counts uses of an action, none for 0 uses. It belongs into the transaction of the action, so that
   * the uses count exactly if the action succeeds. Its condition fails if another request has counted in between: then
   * the whole attempt is repeated.
   *
   * @throws RATE_LIMITED with `retryAfterSeconds` if there are fewer left
   */
  writes(userId: string, action: Action, uses?: number): Promise<TransactWrite[]>;
}

export interface DynamoQuotaOptions<Action extends string> {
  quotas: QuotaTable<Action>;
  /** Multiplies every limit; 0 for no limit. */
  factor: number;
  /** The primary key of the item of a user and an action. */
  key(userId: string, action: Action): { pk: string; sk: string };
  /** The TTL attribute of the table, in seconds since the epoch. */
  expiryAttribute: string;
}

export function dynamoQuotas<Action extends string>(
  { documents, table: TableName }: Dynamo,
  { quotas, factor, key, expiryAttribute }: DynamoQuotaOptions<Action>,
): DynamoQuotas<Action> {
  return {
    async writes(userId, action, uses = 1) {
      if (uses === 0 || factor === 0) return [];
      const Key = key(userId, action);
      const { Item } = await documents.get({ TableName, Key, ConsistentRead: true });
      const before = Item?.['usedUntil'] as number | undefined;
      const usedUntil = charged(quotas[action], { factor, uses, before: before ?? 0 });
      return [
        {
          Put: {
            TableName,
            Item: { ...Key, usedUntil, [expiryAttribute]: Math.ceil(usedUntil / 1000) },
            ...(before === undefined
              ? { ConditionExpression: 'attribute_not_exists(usedUntil)' }
              : { ConditionExpression: 'usedUntil = :before', ExpressionAttributeValues: { ':before': before } }),
          },
        },
      ];
    },
  };
}

/** Milliseconds since the epoch until when the quota is used after these uses. */
function charged(quota: Quota, { factor, uses, before }: { factor: number; uses: number; before: number }): number {
  const now = Date.now();
  const { costMs, periodMs } = quotaCharge(quota, factor, uses);
  const usedUntil = Math.max(before, now) + costMs;
  const excess = usedUntil - now - periodMs;
  // Sums of fractions must not refuse the last use.
  if (excess > 1) throw quotaExceeded(quota, factor, excess);
  return usedUntil;
}
