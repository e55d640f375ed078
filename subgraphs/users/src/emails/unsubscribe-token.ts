import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { NotificationKind } from '../notifications/notification-kinds.js';

/** Days for which the links of an email work. */
const linkDays = 60;

/** Of which emails to a user a link unsubscribes. */
export interface Unsubscription {
  userId: string;
  /** Null for all kinds. */
  kind: NotificationKind | null;
}

const claims = z.object({ u: z.uuid(), k: z.enum(NotificationKind).nullable(), x: z.int() });

/**
 * The token in a link of an email. It permits to end these emails, and nothing else. `u` is the id of
 * the user, `k` the kind, `x` the expiry in seconds since 1970.
 */
export function unsubscribeToken({ userId, kind }: Unsubscription, key: Buffer, now = Date.now()): string {
  const expiry = Math.floor(now / 1000) + linkDays * 24 * 60 * 60;
  const payload = Buffer.from(JSON.stringify({ u: userId, k: kind, x: expiry })).toString('base64url');
  return `${payload}.${signature(payload, key)}`;
}

/** Null if the token was not made with this key, or has expired. */
export function readUnsubscribeToken(token: string, key: Buffer, now = Date.now()): Unsubscription | null {
  const [payload = '', signed = '', ...rest] = token.split('.');
  const [actual, expected] = [Buffer.from(signed), Buffer.from(signature(payload, key))];
  if (rest.length > 0 || actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null;
  const { u: userId, k: kind, x: expiry } = claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return expiry * 1000 < now ? null : { userId, kind };
}

function signature(payload: string, key: Buffer): string {
  return createHmac('sha256', key).update(`unsubscribe ${payload}`).digest('base64url');
}
