import { type Role, roles } from '@marquee/chassis/identity/caller';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Upstream } from '../upstream/upstream.js';
import { identityUnavailable, userRefused } from '../admission/refusals.js';

/** Someone whose `sub` is certain. The rest only names a user whom the users service has not seen before. */
export interface Person {
  sub: string;
  email?: string | undefined;
  name?: string | undefined;
  role?: Role | undefined;
}

/** A user as the users service has them now. */
export interface Principal {
  id: string;
  role: Role;
  isActive: boolean;
}

export interface PrincipalsOptions {
  /** The users service, when the supergraph has one. */
  users(): Pick<Upstream, 'execute'> | undefined;
  log: Logger;
  /** Milliseconds that an answer counts. */
  freshMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** Finds principals. A change in the users service counts here within 30 s: 25 s and the timeout of a look-up. */
export interface Principals {
  /** @throws UNAUTHENTICATED when the graph has no users; UPSTREAM_UNAVAILABLE when this one is unknown and users is down */
  find(person: Person): Promise<Principal>;
}

/** Milliseconds. How long an answer counts while users is down; how long until users is asked again. */
const stale = 600_000;
const betweenAttempts = 5_000;

const rememberedPrincipals = 50_000;

export function createPrincipals({ users, log, freshMs = 25_000, now = Date.now }: PrincipalsOptions): Principals {
  const known = new LRUCache<string, Known>({ max: rememberedPrincipals });
  const asking = new Map<string, Promise<Principal>>();
  return {
    find(person) {
      const entry = known.get(person.sub);
      if (entry && now() < entry.askAgainAt) return Promise.resolve(entry.principal);
      const running = asking.get(person.sub);
      if (running) return running;
      const lookup = look(person, entry).finally(() => asking.delete(person.sub));
      asking.set(person.sub, lookup);
      return lookup;
    },
  };

  async function look(person: Person, entry: Known | undefined): Promise<Principal> {
    const upstream = users();
    if (!upstream) throw userRefused('This graph has no users service, so the tokens of users are not accepted.');
    const askedAt = now();
    try {
      const principal = await ask(upstream, person);
      known.set(person.sub, { principal, askedAt, askAgainAt: askedAt + freshMs });
      return principal;
    } catch (err) {
      if (!entry || now() - entry.askedAt > stale) throw unavailable(log, err);
      entry.askAgainAt = now() + betweenAttempts;
      return entry.principal;
    }
  }
}

function unavailable(log: Logger, err: unknown): Error {
  logThrottled(log, {
    level: 'warn',
    key: 'principal',
    record: { err },
    message: 'could not look a principal up',
  });
  return identityUnavailable('users');
}

const lookUp = `query Principal($sub: String!, $email: String, $name: String, $role: String) {
  principal(sub: $sub, email: $email, name: $name, role: $role) { id role isActive }
}`;

async function ask(users: Pick<Upstream, 'execute'>, { sub, email, name, role }: Person): Promise<Principal> {
  const operation = { query: lookUp, operationName: 'Principal', variables: { sub, email, name, role } };
  const { data, errors } = await users.execute(operation, { caller: { kind: 'gateway' } });
  if (errors) throw new Error(`users refused to look a principal up: ${String(errors[0]?.extensions?.['code'])}`);
  return z.object({ id: z.string(), role: z.enum(roles), isActive: z.boolean() }).parse(data?.['principal']);
}

interface Known {
  principal: Principal;
  askedAt: number;
  askAgainAt: number;
}
