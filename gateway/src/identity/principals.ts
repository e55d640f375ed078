import { setTimeout as wait } from 'node:timers/promises';
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
  /** Milliseconds that a request waits for a lookup if there is an expired principal, which it uses then. */
  patienceMs?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/**
 * Looks principals up. A change in the users service takes effect within 30 s: 25 s of caching and a lookup's timeout; at
 * once where the services share a bus (`principal-changes.ts`). A slow lookup does not delay callers that are known.
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

/** Far longer than a lookup takes, and short for a request to other services while users does not answer. */
const defaultPatienceMs = 200;

const maxPrincipals = 50_000;

export function createPrincipals(options: PrincipalsOptions): Principals {
  const { now = Date.now } = options;
  const refreshOptions = { ...options, now, lookUpPrincipal: createPrincipalLookups() };
  const cache: PrincipalCache = new LRUCache({ max: maxPrincipals });
  const pending = new Map<string, PendingLookup>();
  return {
    find(person) {
      const cached = cache.get(person.sub);
      if (cached && now() < cached.refreshAt) return Promise.resolve(cached.principal);
      const lookup = pending.get(person.sub) ?? startLookup(refreshOptions, person, cache, pending);
      if (!cached || now() - cached.requestedAt > staleMs) return lookup.principal;
      return waitBriefly(lookup, cached, () => cache.get(person.sub) === cached);
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
}

/** Looks a principal up; concurrent requests find the lookup in `pending`. */
function startLookup(
  options: RefreshOptions,
  person: Person,
  cache: PrincipalCache,
  pending: Map<string, PendingLookup>,
): PendingLookup {
  const isCurrent = (): boolean => pending.get(person.sub) === lookup;
  const principal = refresh(options, person, cache, isCurrent).finally(() => {
    if (isCurrent()) pending.delete(person.sub);
  });
  const patience = wait(options.patienceMs ?? defaultPatienceMs, undefined, { ref: false });
  const lookup: PendingLookup = { principal, patience };
  pending.set(person.sub, lookup);
  return lookup;
}

interface PendingLookup {
  principal: Promise<Principal>;
  /** Resolves when requests no longer wait for the lookup. */
  patience: Promise<void>;
}

/** @param isValid whether the cached principal has not been dropped since */
async function waitBriefly(
  { principal, patience }: PendingLookup,
  cached: CachedPrincipal,
  isValid: () => boolean,
): Promise<Principal> {
  const found = await Promise.race([principal, patience]);
  return found ?? (isValid() ? cached.principal : await principal);
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
