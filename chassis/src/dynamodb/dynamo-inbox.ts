import type { Inbox } from '../events/event-consumer.js';
import { inboxDays } from '../events/outbox.js';
import type { ItemKey } from './batch.js';
import type { Dynamo } from './open-table.js';

export interface DynamoInboxOptions {
  /** The primary key of the item of an event. */
  key(eventId: string): ItemKey;
  /** The TTL attribute of the table, in seconds since the epoch. */
  expiryAttribute: string;
}

/**
 * The events that a service has applied, in DynamoDB. The effects of an event may be more than one transaction: the item
 * that records it is written after them, and an event whose effects were interrupted is applied again. Reactions must
 * therefore be idempotent.
 */
export function dynamoInbox({ documents, table }: Dynamo, { key, expiryAttribute }: DynamoInboxOptions): Inbox<void> {
  return {
    async applyOnce({ id }, apply) {
      const { Item: known } = await documents.get({ TableName: table, Key: key(id), ConsistentRead: true });
      if (known) return false;
      await apply();
      const expiry = Math.ceil(Date.now() / 1000) + inboxDays * 86_400;
      await documents.put({ TableName: table, Item: { ...key(id), [expiryAttribute]: expiry } });
      return true;
    },
  };
}
