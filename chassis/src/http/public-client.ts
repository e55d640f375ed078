/**
 * Requests to addresses that a client of the graph has chosen. They must not reach the private network (server-side request
 * forgery): every connection is made to an address that was checked after its name was resolved, so that neither a name
 * that changes nor a redirect leads there. Redirects are not followed.
 */
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Closable } from '../process/closers.js';
import { createPublicLookup, type PublicLookup, type PublicLookupOptions } from './public-lookup.js';

export interface PublicClientOptions extends PublicLookupOptions {
  /** Milliseconds for the connection, the request and the answer together. */
  timeoutMs: number;
  /** Connections of one owner to one origin. */
  connections: number;
}

export interface PublicRequest {
  /** The client of the graph that has chosen the address. Owners share neither connections nor look-ups of names. */
  owner: string;
  headers: Record<string, string>;
  body: string;
}

export interface PublicClient extends Closable {
  /**
   * @param owner the client of the graph that has chosen the address
   * @throws PrivateAddressError if the name of the host resolves to an address that is not public, or to none;
   * NameServerError, TooManyLookupsError
   */
  check(url: URL, owner: string): Promise<void>;
  /**
   * Sends a request. At most 16 KiB of the answer are read.
   * @returns the status of the answer, that of a redirect included
   * @throws the errors of `check`, TimeoutError, or the error of the connection
   */
  post(url: URL, request: PublicRequest): Promise<number>;
}

const maxAnswerBytes = 16 * 1024;

/** The look-up of the name included. */
const connectTimeoutMs = 5_000;

export function createPublicClient(options: PublicClientOptions): PublicClient {
  const { timeoutMs } = options;
  const lookup = createPublicLookup(options);
  const agents = new OwnerAgents(options, lookup);
  return {
    async check({ hostname }, owner) {
      await lookup.resolve(hostnameOf(hostname), owner);
    },
    async post(url, { owner, headers, body }) {
      lookup.assertAllowedLiteral(hostnameOf(url.hostname));
      const { origin, pathname, search } = url;
      const signal = AbortSignal.timeout(timeoutMs);
      return agents.use(owner, async (agent) => {
        const answer = await agent.request({ origin, path: pathname + search, method: 'POST', headers, body, signal });
        // The status is the whole answer; an error while the rest arrives changes nothing.
        await answer.body.dump({ limit: maxAnswerBytes, signal }).catch(() => undefined);
        return answer.statusCode;
      });
    },
    async close() {
      lookup.close();
      await agents.close();
    },
  };
}

/** The connections of each owner, while the owner has requests in progress. */
class OwnerAgents {
  readonly #agents = new Map<string, { agent: Agent; requests: number }>();

  constructor(
    private readonly options: PublicClientOptions,
    private readonly lookup: PublicLookup,
  ) {}

  async use<Result>(owner: string, send: (agent: Agent) => Promise<Result>): Promise<Result> {
    const used = this.#agents.get(owner) ?? { agent: this.#open(owner), requests: 0 };
    this.#agents.set(owner, used);
    used.requests += 1;
    try {
      return await send(used.agent);
    } finally {
      used.requests -= 1;
      if (used.requests === 0) {
        this.#agents.delete(owner);
        await used.agent.destroy();
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(({ agent }) => agent.destroy()));
  }

  #open(owner: string): Agent {
    const { connections, timeoutMs } = this.options;
    return new Agent({
      connections,
      pipelining: 1,
      connect: { timeout: connectTimeoutMs, lookup: checkedLookup(this.lookup, owner) },
      keepAliveTimeout: 4_000,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxHeaderSize: maxAnswerBytes,
    });
  }
}

/** Resolves names for connections, and returns only allowed addresses: a connection resolves its name once. */
function checkedLookup(lookup: PublicLookup, owner: string): LookupFunction {
  return (hostname, options, callback) => {
    lookup.resolve(hostname, owner).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (failure: NodeJS.ErrnoException) => callback(failure, ''),
    );
  };
}

/** URLs have IPv6 addresses in brackets. */
function hostnameOf(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
