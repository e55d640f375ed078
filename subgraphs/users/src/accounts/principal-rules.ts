import { forbidden } from '@marquee/chassis/errors/errors';
import { roles, type Caller } from '@marquee/chassis/identity/caller';
import { text, validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { suggestHandles } from '../people/handle-rules.js';

/** The validated claims of a token, with handles to try for a new user. */
export type Subject = ReturnType<typeof parseSubject>;

const claims = z.object({
  sub: text(1, 255),
  /** An invalid email or name is ignored: it must not keep a user from signing in. */
  email: z.email({ pattern: z.regexes.html5Email }).max(254).nullish().catch(null),
  /** Nor must an email become a public name. */
  name: text(1, 100)
    .refine((name) => !/\S@\S/.test(name))
    .nullish()
    .catch(null),
  role: z.enum(roles, `must be one of ${roles.join(', ')}`).nullish(),
});

/** @throws FORBIDDEN for every other caller */
export function mustBeGateway(caller: Caller): void {
  if (caller.kind !== 'gateway') throw forbidden('Only the gateway may look up principals.');
}

/**
 * Validates the claims of a token. A missing name is not derived from the email, which is private.
 * @throws BAD_USER_INPUT for an invalid subject or role
 */
export function parseSubject(given: {
  sub: string;
  email?: string | null;
  name?: string | null;
  role?: string | null;
}) {
  const { sub, email = null, name = null, role } = validateInput(claims, given, 'principal');
  return { sub, email, name, role: role ?? ('FREELANCER' as const), handles: suggestHandles(name, email) };
}
