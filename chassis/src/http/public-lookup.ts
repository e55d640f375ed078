/**
 * Resolves the names of hosts that clients of the graph have chosen, to addresses that they may reach.
 *
 * The name servers are asked over sockets, not with `getaddrinfo`: that occupies a thread of the pool, which files and
 * cryptography need as well, for as long as a name server does not answer. /etc/hosts and search domains are not used, so
 * that only full names of the public Internet are found.
 */
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Closable } from '../process/closers.js';
import { isLoopbackAddress, isPublicAddress } from './public-address.js';

export interface PublicLookupOptions {
  /** Whether addresses of this machine are allowed, for tests and development. Default: false. */
  allowLoopback?: boolean;
  /** The name servers, such as `192.0.2.53` or `[2001:db8::53]:5353`. Default: those of the system. */
  nameServers?: readonly string[] | undefined;
}

export interface PublicLookup extends Closable {
  /**
   * The addresses of a host; those of a literal address are itself.
   * @param owner whose limit counts: at most 8 names are looked up at the same time, and 32 more wait
   * @throws PrivateAddressError, NameServerError, TooManyLookupsError
   */
  resolve(hostname: string, owner: string): Promise<LookupAddress[]>;
  /** @throws PrivateAddressError if the host is a literal address or a name that is never allowed; no name is looked up */
  assertAllowedLiteral(hostname: string): void;
  /** Ends all look-ups, which throw NameServerError. */
  close(): void;
}

/** The host has no public address. */
class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
  readonly code = 'EPRIVATE';

  constructor(host: string) {
    super(`${host} has no public address`);
  }
}

/** The name servers did not answer within 3 s, or failed. */
export class NameServerError extends Error {
  override name = 'NameServerError';
  readonly code = 'ENAMESERVER';

  constructor(host: string) {
    super(`the name servers of ${host} did not answer`);
  }
}

/** The owner has as many look-ups in progress as are allowed. */
export class TooManyLookupsError extends Error {
  override name = 'TooManyLookupsError';
  readonly code = 'ETOOMANYLOOKUPS';

  constructor() {
    super(`more than ${maxNames} names are looked up for one owner at the same time`);
  }
}

/** Names of one owner that are looked up at the same time: one with silent name servers delays no other owner. */
const maxRunning = 8;

/** Names of one owner that are looked up or wait. */
const maxNames = 40;

/** Milliseconds for one look-up, with all name servers and attempts. */
const lookupMs = 3_000;

/** Milliseconds for one attempt at one name server. */
const attemptMs = 1_000;

/** Addresses to which a connection is attempted. */
const maxAddresses = 8;

export function createPublicLookup({ allowLoopback = false, nameServers }: PublicLookupOptions): PublicLookup {
  const owners = new Map<string, OwnerLookups>();
  const queries = new DnsQueries(nameServers);
  return {
    async resolve(hostname, owner) {
      const addresses = knownAddresses(hostname) ?? (await lookupFor(owner, hostname));
      if (!areAllowed(addresses, allowLoopback)) throw new PrivateAddressError(hostname);
      return addresses.slice(0, maxAddresses);
    },
    assertAllowedLiteral(hostname) {
      const known = knownAddresses(hostname);
      if (known && !areAllowed(known, allowLoopback)) throw new PrivateAddressError(hostname);
    },
    close: () => queries.close(),
  };

  async function lookupFor(owner: string, hostname: string): Promise<LookupAddress[]> {
    const lookups: OwnerLookups = owners.get(owner) ?? { running: 0, waiting: [], byName: new Map() };
    owners.set(owner, lookups);
    const known = lookups.byName.get(hostname);
    if (known) return known;
    if (lookups.byName.size >= maxNames) throw new TooManyLookupsError();
    const looking = inTurn(lookups, () => queries.addressesOf(hostname)).finally(() => {
      lookups.byName.delete(hostname);
      if (lookups.byName.size === 0) owners.delete(owner);
    });
    lookups.byName.set(hostname, looking);
    return looking;
  }
}

/** A name with a private address beside a public one is refused as a whole. */
function areAllowed(addresses: readonly LookupAddress[], allowLoopback: boolean): boolean {
  const isAllowed = ({ address }: LookupAddress) =>
    isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address));
  return addresses.length > 0 && addresses.every(isAllowed);
}

/** The look-ups of one owner. */
interface OwnerLookups {
  running: number;
  /** Starts the next look-up, in the order of their requests. */
  waiting: (() => void)[];
  /** Those that run or wait, which requests for the same name share. */
  byName: Map<string, Promise<LookupAddress[]>>;
}

async function inTurn<Result>(lookups: OwnerLookups, run: () => Promise<Result>): Promise<Result> {
  if (lookups.running < maxRunning) lookups.running += 1;
  else await new Promise<void>((resolve) => lookups.waiting.push(resolve));
  try {
    return await run();
  } finally {
    const next = lookups.waiting.shift();
    if (next) next();
    else lookups.running -= 1;
  }
}

/**
 * The addresses of a host that needs no name server: an address, or a name of this machine (RFC 6761). None for a name of a
 * private network, whatever its name server answers.
 */
function knownAddresses(hostname: string): LookupAddress[] | undefined {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  if (!/(^|\.)localhost\.?$/i.test(hostname)) return isPrivateName(hostname) ? [] : undefined;
  return [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
}

/**
 * Names of private networks: those without a dot, and the domains that are reserved for such networks (ICANN, "Reserving
 * .INTERNAL"; RFC 6762; RFC 8375).
 */
function isPrivateName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return (
    !name.includes('.') || /\.(internal|intranet|private|corp|home|lan|local|home\.arpa|invalid|onion)$/.test(name)
  );
}

/** The queries to name servers that are in progress. */
class DnsQueries {
  #isClosed = false;
  /** One for each look-up, so that it can be cancelled alone. */
  readonly #resolvers = new Set<Resolver>();

  constructor(private readonly nameServers: PublicLookupOptions['nameServers']) {}

  /** Empty for a name that does not exist, or has no addresses. @throws NameServerError */
  async addressesOf(hostname: string): Promise<LookupAddress[]> {
    if (this.#isClosed) throw new NameServerError(hostname);
    const resolver = new Resolver({ timeout: attemptMs, tries: 2 });
    if (this.nameServers) resolver.setServers(this.nameServers);
    this.#resolvers.add(resolver);
    const expiry = setTimeout(() => resolver.cancel(), lookupMs);
    const answers = await Promise.allSettled([
      resolver.resolve4(hostname).then((found) => found.map((address) => ({ address, family: 4 }))),
      resolver.resolve6(hostname).then((found) => found.map((address) => ({ address, family: 6 }))),
    ]);
    clearTimeout(expiry);
    this.#resolvers.delete(resolver);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0 && answers.some(hasNoAnswer)) throw new NameServerError(hostname);
    return addresses;
  }

  close(): void {
    this.#isClosed = true;
    for (const resolver of this.#resolvers) resolver.cancel();
  }
}

function hasNoAnswer(answer: PromiseSettledResult<unknown>): boolean {
  if (answer.status === 'fulfilled') return false;
  return !noAddressCodes.includes((answer.reason as NodeJS.ErrnoException).code ?? '');
}

/** The name does not exist, has no addresses, or is no valid name. */
const noAddressCodes: readonly string[] = ['ENOTFOUND', 'ENODATA', 'EBADNAME'];
