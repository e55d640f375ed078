import { randomInt } from 'node:crypto';
import { fold } from '@marquee/chassis/input/fold';
import { z } from 'zod';

const maxLength = 30;
const pattern = /^[a-z0-9_]{3,30}$/;

/** Names that would appear official, or that have a meaning in paths and clients. */
const reserved = new Set(
  `about account accounts admin administrator admins anonymous anyone api app auth billing contact deleted everyone feed
  graphql guest health help home info job jobs legal login logout machine mail marquee me messages moderator nobody null
  official owner postmaster privacy profile ready register reviewer root search security settings shows signin signout
  signup staff status support sysadmin system team terms trending undefined user users webmaster www`.split(/\s+/),
);

/** A handle that a user may choose. */
export const handle = z
  .string({ error: 'cannot be cleared' })
  .regex(pattern, 'must be 3 to 30 lower-case letters, digits or underscores')
  .refine((value) => !isReserved(value), { error: ({ input }) => `"${String(input)}" is reserved` });

/** Whether a handle is well-formed: others need no lookup in the database. */
export function isValidHandle(value: string): boolean {
  return pattern.test(value);
}

/**
 * Suggests handles for a new user, the best first: the name or the local part of the email, then the same with longer and
 * longer random numbers. Random, so that concurrent users of the same name do not all try the same handles.
 */
export function* suggestHandles(name: string | null, email: string | null): Generator<string> {
  const base = baseHandle(name, email);
  if (base !== defaultBase) yield base;
  for (let digits = 2; digits <= 12; digits += 1) {
    const suffix = `_${randomInt(10 ** (digits - 1), 10 ** digits)}`;
    yield `${base.slice(0, maxLength - suffix.length)}${suffix}`;
  }
}

/** For users whose name and email yield no handle. */
const defaultBase = 'member';

function baseHandle(name: string | null, email: string | null): string {
  const candidates = [name, email?.split('@')[0]?.split('+')[0]].map((value) => toHandle(value ?? ''));
  return candidates.find((value) => pattern.test(value) && !isReserved(value)) ?? defaultBase;
}

function toHandle(value: string): string {
  return fold(value)
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, maxLength)
    .replace(/^_+|_+$/g, '');
}

function isReserved(value: string): boolean {
  return reserved.has(value) || value.startsWith('deleted_');
}
