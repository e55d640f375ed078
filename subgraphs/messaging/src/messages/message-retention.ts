/**
 * How long the table keeps messages and their idempotency keys. DynamoDB deletes an item some time after `expiresAt`, its
 * TTL attribute, in seconds since the epoch; readers therefore also compare it with the clock.
 *
 * Messages and conversations have no `expiresAt`: they are kept until the table is deleted. To limit the retention of
 * messages, set the attribute in `messageWrite` (send-store.ts); pages and streams already skip missing messages.
 */

/** How long a `clientMessageId` is remembered, so that sending again returns the first message. */
const idempotencyKeySeconds = 24 * 60 * 60;

/** When the idempotency key of a message that is sent now expires, in seconds since the epoch. */
export function idempotencyKeyExpiry(now: Date): number {
  return epochSeconds(now) + idempotencyKeySeconds;
}

/** Whether an item has expired, even if DynamoDB has not deleted it yet. */
export function isExpired(expiresAt: number, now: Date): boolean {
  return expiresAt <= epochSeconds(now);
}

export function epochSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
