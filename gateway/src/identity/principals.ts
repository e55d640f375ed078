import { type Role, roles } from '@marquee/chassis/identity/caller';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { identityUnavailable, userRefused } from '../admission/refusals.js';
import type { Upstream } from '../upstream/upstream.js';

/** A person with a verified `sub`. The other properties only describe a user that is new to the users service. */
export interface Person {
  sub: string;
  email?: string | undefined;
  name?: string | undefined;
  role?: Role | undefined;
}

/** A user as stored in the users service. */
export interface Principal {
  id: string;
  role: Role;
  isActive: boolean;
}

export interface PrincipalsOptions {
  /** The users service, if the supergraph has one. */
  users(): Pick<Upstream, 'execute'> | undefined;
  log: Logger;
  /** Milliseconds for which a principal is cached. */
  freshMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** Looks principals up. A change in the users service takes effect within 30 s: 25 s of caching and a lookup's timeout. */
export interface Principals {
  /**
   * @throws UNAUTHENTICATED if the graph has no users service; UPSTREAM_UNAVAILABLE if the users service fails and the
   * principal is not cached
   */
  find(person: Person): Promise<Principal>;
}

/** While the users service fails: how long a cached principal stays valid, and the time between two lookups of it. */
const staleMs = 600_000;
const retryMs = 5_000;

const maxPrincipals = 50_000;

export function createPrincipals({ users, log, freshMs = 25_000, now = Date.now }: PrincipalsOptions): Principals {
  const cache = new LRUCache<string, CachedPrincipal>({ max: maxPrincipals });
  const pending = new Map<string, Promise<Principal>>();
  return {
    find(person) {
      const cached = cache.get(person.sub);
      if (cached && now() < cached.refreshAt) return Promise.resolve(cached.principal);
      const running = pending.get(person.sub);
      if (running) return running;
      const lookup = refresh(person, cached).finally(() => pending.delete(person.sub));
      pending.set(person.sub, lookup);
      return lookup;
    },
  };

  async function refresh(person: Person, cached: CachedPrincipal | undefined): Promise<Principal> {
    const upstream = users();
    if (!upstream) throw userRefused('This graph has no users service, so it does not accept tokens of users.');
    const requestedAt = now();
    try {
      const principal = await request(upstream, person);
      cache.set(person.sub, { principal, requestedAt, refreshAt: requestedAt + freshMs });
      return principal;
    } catch (err) {
      if (!cached || now() - cached.requestedAt > staleMs) throw unavailable(log, err);
      cached.refreshAt = now() + retryMs;
      return cached.principal;
    }
  }
}

function unavailable(log: Logger, err: unknown): Error {
  const message = 'could not look up a principal';
  logThrottled(log, { level: 'warn', key: 'principal', record: { err }, message });
  return identityUnavailable('users');
}

const query = `query Principal($sub: String!, $email: String, $name: String, $role: String) {
  principal(sub: $sub, email: $email, name: $name, role: $role) { id role isActive }
}`;

async function request(users: Pick<Upstream, 'execute'>, { sub, email, name, role }: Person): Promise<Principal> {
  const operation = { query, operationName: 'Principal', variables: { sub, email, name, role } };
  const { data, errors } = await users.execute(operation, { caller: { kind: 'gateway' } });
  if (errors) throw new Error(`users rejected the lookup of a principal: ${String(errors[0]?.extensions?.['code'])}`);
  return z.object({ id: z.string(), role: z.enum(roles), isActive: z.boolean() }).parse(data?.['principal']);
}

interface CachedPrincipal {
  principal: Principal;
  requestedAt: number;
  refreshAt: number;
}
