/**
 * Requests to addresses that a client of the graph has chosen. They must not reach the private network (server-side request
 * forgery): every connection is made to an address that was checked after its name was resolved, so that neither a name
 * that changes nor a redirect leads there. Redirects are not followed.
 */
import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Closable } from '../process/closers.js';
import { isLoopbackAddress, isPublicAddress } from './public-address.js';

export interface PublicClientOptions {
  /** Whether addresses of this machine are allowed, for tests and development. Default: false. */
  allowLoopback?: boolean;
  /** Milliseconds for the connection, the request and the answer together. */
  timeoutMs: number;
  /** Connections to one origin. */
  connections: number;
}

export interface PublicClient extends Closable {
  /** @throws PrivateAddressError if the name of the host resolves to an address that is not public, or to none */
  check(url: URL): Promise<void>;
  /**
   * Sends a request. At most 16 KiB of the answer are read.
   * @returns the status of the answer, that of a redirect included
   * @throws PrivateAddressError, TimeoutError, or the error of the connection
   */
  post(url: URL, request: { headers: Record<string, string>; body: string }): Promise<number>;
}

/** The host has no public address. */
class PrivateAddressError extends Error {
  override name = 'PrivateAddressError';
  readonly code = 'EPRIVATE';

  constructor(host: string) {
    super(`${host} has no public address`);
  }
}

const maxAnswerBytes = 16 * 1024;

const connectTimeoutMs = 3_000;

export function createPublicClient(options: PublicClientOptions): PublicClient {
  const { timeoutMs, connections } = options;
  const isAllowed = ({ address }: LookupAddress) =>
    isPublicAddress(address) || (options.allowLoopback === true && isLoopbackAddress(address));
  const agent = new Agent({
    connections,
    pipelining: 1,
    connect: { timeout: connectTimeoutMs, lookup: checkedLookup(isAllowed) },
    keepAliveTimeout: 4_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: maxAnswerBytes,
  });
  return {
    async check({ hostname }) {
      await resolve(hostnameOf(hostname), isAllowed);
    },
    async post(url, { headers, body }) {
      assertAllowedLiteral(hostnameOf(url.hostname), isAllowed);
      const { origin, pathname, search } = url;
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await agent.request({ origin, path: pathname + search, method: 'POST', headers, body, signal });
      // The status is the whole answer; an error while the rest arrives changes nothing.
      await answer.body.dump({ limit: maxAnswerBytes, signal }).catch(() => undefined);
      return answer.statusCode;
    },
    close: () => agent.destroy(),
  };
}

type IsAllowed = (address: LookupAddress) => boolean;

/** Resolves names for connections, and returns only allowed addresses. */
function checkedLookup(isAllowed: IsAllowed): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, isAllowed).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (failure: NodeJS.ErrnoException) => callback(failure, ''),
    );
  };
}

function resolve(hostname: string, isAllowed: IsAllowed): Promise<LookupAddress[]> {
  assertAllowedLiteral(hostname, isAllowed);
  return new Promise((found, failed) => {
    lookup(hostname, { all: true }, (failure, addresses) => {
      if (failure) return failed(failure);
      const allowed = addresses.filter(isAllowed);
      // A name with a private address beside a public one is refused as a whole.
      if (allowed.length === 0 || allowed.length < addresses.length) return failed(new PrivateAddressError(hostname));
      found(allowed);
    });
  });
}

/** No name is resolved for an address. */
function assertAllowedLiteral(hostname: string, isAllowed: IsAllowed): void {
  const family = isIP(hostname);
  if (family !== 0 && !isAllowed({ address: hostname, family })) throw new PrivateAddressError(hostname);
}

/** URLs have IPv6 addresses in brackets. */
function hostnameOf(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
