import { setTimeout as wait } from 'node:timers/promises';
import type { BusMessage } from '@marquee/chassis/bus/bus';

/** Milliseconds after which a user who does not renew it is no longer typing. */
const expiresAfterMs = 5_000;

/** Adds an end wherever none is published in time, and leaves out the ends of users who were not typing. */
export async function* expireTyping(notifications: AsyncIterable<BusMessage>): AsyncGenerator<BusMessage> {
  /** In the order of their expiry, in milliseconds of `performance.now()`. */
  const expiries = new Map<string, number>();
  const received = notifications[Symbol.asyncIterator]();
  for (let next = received.next(); ;) {
    const result = await before(expiries, next);
    if (result === undefined) {
      yield* expired(expiries);
      continue;
    }
    if (result.done) return;
    next = received.next();
    if (changesTyping(expiries, result.value)) yield result.value;
  }
}

/** The next notification, or undefined if a user's typing expires before. */
async function before(
  expiries: ReadonlyMap<string, number>,
  next: Promise<IteratorResult<BusMessage>>,
): Promise<IteratorResult<BusMessage> | undefined> {
  const [expiresAt] = expiries.values();
  if (expiresAt === undefined) return next;
  const timer = new AbortController();
  const expiry = wait(Math.max(0, expiresAt - performance.now()), undefined, { signal: timer.signal });
  try {
    return await Promise.race([next, expiry.catch(() => undefined)]);
  } finally {
    timer.abort();
  }
}

function* expired(expiries: Map<string, number>): Generator<BusMessage> {
  const now = performance.now();
  for (const [userId, expiresAt] of expiries) {
    if (expiresAt > now) return;
    expiries.delete(userId);
    yield { userId, typing: 0 };
  }
}

function changesTyping(expiries: Map<string, number>, { userId, typing }: BusMessage): boolean {
  const wasTyping = expiries.delete(String(userId));
  if (typing === 1) expiries.set(String(userId), performance.now() + expiresAfterMs);
  return typing === 1 || wasTyping;
}
