import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { LRUCache } from 'lru-cache';
import { identityUnavailable, userRefused } from '../admission/caller-refusals.js';
import {
  createPrincipalLookups,
  type LookUpPrincipal,
  type Person,
  type Principal,
  type UsersUpstream,
} from './principal-lookups.js';

export interface PrincipalsOptions {
  /** The users service, if the supergraph has one. */
  users(): UsersUpstream | undefined;
  log: Logger;
  /** Milliseconds for which a principal is cached. */
  freshMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/**
 * Looks principals up. A change in the users service takes effect within 30 s: 25 s of caching and a lookup's timeout; at
 * once where the services share a bus (`principal-changes.ts`).
 */
export interface Principals {
  /**
   * @throws UNAUTHENTICATED if the graph has no users service; UPSTREAM_UNAVAILABLE if the users service fails and the
   * principal is not cached
   */
  find(person: Person): Promise<Principal>;
  /** Drops a principal that has changed. A lookup that has already been sent does not bring it back. */
  drop(sub: string): void;
  /** Looks every principal up again when it is next needed, because changes may have been missed. */
  expireAll(): void;
}

/** While the users service fails: how long a cached principal stays valid, and the time between two lookups of it. */
const staleMs = 600_000;
const retryMs = 5_000;

const maxPrincipals = 50_000;

export function createPrincipals(options: PrincipalsOptions): Principals {
  const { now = Date.now } = options;
  const refreshOptions = { ...options, now, lookUpPrincipal: createPrincipalLookups() };
  const cache: PrincipalCache = new LRUCache({ max: maxPrincipals });
  const pending = new Map<string, Promise<Principal>>();
  return {
    find(person) {
      const cached = cache.get(person.sub);
      if (cached && now() < cached.refreshAt) return Promise.resolve(cached.principal);
      return pending.get(person.sub) ?? lookUp(person);
    },
    drop(sub) {
      cache.delete(sub);
      pending.delete(sub);
    },
    expireAll() {
      pending.clear();
      for (const cached of cache.values()) cached.refreshAt = 0;
    },
  };

  function lookUp(person: Person): Promise<Principal> {
    const { sub } = person;
    const isCurrent = (): boolean => pending.get(sub) === lookup;
    const lookup: Promise<Principal> = refresh(refreshOptions, person, cache, isCurrent).finally(() => {
      if (isCurrent()) pending.delete(sub);
    });
    pending.set(sub, lookup);
    return lookup;
  }
}

interface RefreshOptions extends PrincipalsOptions {
  now: () => number;
  lookUpPrincipal: LookUpPrincipal;
}

/** @param isCurrent whether the principal has not been dropped since the lookup was sent */
async function refresh(
  { users, log, now, lookUpPrincipal, freshMs = 25_000 }: RefreshOptions,
  person: Person,
  cache: PrincipalCache,
  isCurrent: () => boolean,
): Promise<Principal> {
  const upstream = users();
  if (!upstream) throw userRefused('This graph has no users service, so it does not accept tokens of users.');
  const requestedAt = now();
  const cached = cache.get(person.sub);
  try {
    const principal = await lookUpPrincipal(upstream, person);
    if (isCurrent()) cache.set(person.sub, { principal, requestedAt, refreshAt: requestedAt + freshMs });
    return principal;
  } catch (err) {
    if (!cached || !isCurrent() || now() - cached.requestedAt > staleMs) throw unavailable(log, err);
    cached.refreshAt = now() + retryMs;
    return cached.principal;
  }
}

type PrincipalCache = LRUCache<string, CachedPrincipal>;

function unavailable(log: Logger, err: unknown): Error {
  const message = 'could not look up a principal';
  logThrottled(log, { level: 'warn', key: 'principal', record: { err }, message });
  return identityUnavailable('users');
}

interface CachedPrincipal {
  principal: Principal;
  requestedAt: number;
  refreshAt: number;
}
