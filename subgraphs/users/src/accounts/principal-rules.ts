import { forbidden } from '@marquee/chassis/errors/errors';
import { roles, type Caller } from '@marquee/chassis/identity/caller';
import { validateInput, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { suggestHandles } from '../people/handle-rules.js';

/** What a token says of its subject, made fit to be stored. */
export type Subject = ReturnType<typeof parseSubject>;

const claims = z.object({
  sub: text(1, 255),
  /** A name or an email that does not fit is not worth refusing a person for: it does not count. */
  email: z.email({ pattern: z.regexes.html5Email }).max(254).nullish().catch(null),
  name: text(1, 100).nullish().catch(null),
  role: z.enum(roles, `must be one of ${roles.join(', ')}`).nullish(),
});

/** @throws FORBIDDEN for everybody but the gateway itself */
export function mustBeGateway(caller: Caller): void {
  if (caller.kind !== 'gateway') throw forbidden('Only the gateway asks who a subject is.');
}

/**
 * Who gets which handle is settled by trying: the handles come one by one, the best first.
 * A name that is missing is not made of the email, which nobody else may see.
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
