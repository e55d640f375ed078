import { randomInt } from 'node:crypto';
import { fold } from '@marquee/chassis/input/fold';
import { z } from 'zod';

const longest = 30;
const form = /^[a-z0-9_]{3,30}$/;

/** Names that would speak for the house, or that addresses and clients give a meaning of their own. */
const reserved = new Set(
  `about account accounts admin administrator admins anonymous anyone api app auth billing contact deleted everyone feed
  graphql guest health help home info job jobs legal login logout machine mail marquee me messages moderator nobody null
  official owner postmaster privacy profile ready register reviewer root search security settings shows signin signout
  signup staff status support sysadmin system team terms trending undefined user users webmaster www`.split(/\s+/),
);

/** A handle that somebody may choose. */
export const handle = z
  .string({ error: 'cannot be cleared' })
  .regex(form, 'must be 3 to 30 lower-case letters, digits or underscores')
  .refine((value) => !isReserved(value), { error: ({ input }) => `"${String(input)}" is reserved` });

/** Whether anybody could have it; what is of another form is not worth asking the database for. */
export function isValidHandle(value: string): boolean {
  return form.test(value);
}

/**
 * Handles for a newcomer, the best first: the name or the email's local part, then the same with ever longer random
 * numbers. Random, so that fifty people of one name who arrive together do not all try the same ones.
 */
export function* suggestHandles(name: string | null, email: string | null): Generator<string> {
  const base = baseOf(name, email);
  if (base !== nameless) yield base;
  for (let digits = 2; digits <= 12; digits += 1) {
    const suffix = `_${randomInt(10 ** (digits - 1), 10 ** digits)}`;
    yield `${base.slice(0, longest - suffix.length)}${suffix}`;
  }
}

/** Who has neither a name nor an email that makes a handle. */
const nameless = 'member';

function baseOf(name: string | null, email: string | null): string {
  const candidates = [name, email?.split('@')[0]?.split('+')[0]].map((value) => sanitised(value ?? ''));
  return candidates.find((value) => form.test(value) && !isReserved(value)) ?? nameless;
}

function sanitised(value: string): string {
  return fold(value)
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, longest)
    .replace(/^_+|_+$/g, '');
}

function isReserved(value: string): boolean {
  return reserved.has(value) || value.startsWith('deleted_');
}
