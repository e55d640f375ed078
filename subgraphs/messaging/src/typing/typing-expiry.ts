import { setTimeout as wait } from 'node:timers/promises';
import type { BusMessage } from '@marquee/chassis/bus/bus';

/** Milliseconds after which a user who does not renew it is no longer typing. */
const expiresAfterMs = 5_000;

/** A user who types on one device. */
interface Typist {
  userId: string;
  /** In milliseconds of `performance.now()`. */
  expiresAt: number;
}

/** Adds an end wherever none is published in time, and leaves out the ends of users who were not typing. */
export async function* expireTyping(notifications: AsyncIterable<BusMessage>): AsyncGenerator<BusMessage> {
  /** By user and connection, in the order of their expiry. */
  const typists = new Map<string, Typist>();
  const received = notifications[Symbol.asyncIterator]();
  for (let next = received.next(); ;) {
    const result = await before(typists, next);
    if (result === undefined) {
      yield* expired(typists);
      continue;
    }
    if (result.done) return;
    next = received.next();
    if (changesTyping(typists, result.value)) yield result.value;
  }
}

/** The next notification, or undefined if a user's typing expires before. */
async function before(
  typists: ReadonlyMap<string, Typist>,
  next: Promise<IteratorResult<BusMessage>>,
): Promise<IteratorResult<BusMessage> | undefined> {
  const [first] = typists.values();
  if (first === undefined) return next;
  const timer = new AbortController();
  const expiry = wait(Math.max(0, first.expiresAt - performance.now()), undefined, { signal: timer.signal });
  try {
    return await Promise.race([next, expiry.catch(() => undefined)]);
  } finally {
    timer.abort();
  }
}

function* expired(typists: Map<string, Typist>): Generator<BusMessage> {
  const now = performance.now();
  for (const [key, { userId, expiresAt }] of typists) {
    if (expiresAt > now) return;
    typists.delete(key);
    if (!isTyping(typists, userId)) yield { userId, typing: 0 };
  }
}

/** Updates the typists. Returns whether the readers are notified: a user who stops may be typing on another device. */
function changesTyping(typists: Map<string, Typist>, { userId, typing, connectionId }: BusMessage): boolean {
  const user = String(userId);
  const wasTyping = isTyping(typists, user);
  if (connectionId === undefined && typing === 0) removeUser(typists, user);
  const key = `${user} ${connectionId ?? ''}`;
  typists.delete(key);
  if (typing === 1) typists.set(key, { userId: user, expiresAt: performance.now() + expiresAfterMs });
  return typing === 1 || (wasTyping && !isTyping(typists, user));
}

function removeUser(typists: Map<string, Typist>, userId: string): void {
  for (const [key, typist] of typists) if (typist.userId === userId) typists.delete(key);
}

function isTyping(typists: ReadonlyMap<string, Typist>, userId: string): boolean {
  for (const typist of typists.values()) if (typist.userId === userId) return true;
  return false;
}
