import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { Pool } from 'undici';
import type { Operation } from './operation.js';

/** The result of sending one operation repeatedly. */
export interface LoadResult {
  requests: number;
  seconds: number;
  /** Milliseconds that each response took. */
  latencies: number[];
}

/** Sends operations to a gateway, with the tokens of several callers in round-robin order. */
export class LoadDriver {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #bodies = new Map<string, string>();
  #turn = 0;

  /**
   * @param url the GraphQL endpoint
   * @param tokens the callers' access tokens; without any, requests are sent as a guest
   * @param connections upper limit; further requests wait for a free one
   */
  constructor(
    private readonly url: string,
    private readonly tokens: readonly string[],
    connections = 64,
  ) {
    const { origin, pathname } = new URL(url);
    this.#pool = new Pool(origin, { connections });
    this.#path = pathname;
  }

  /**
   * Sends one request.
   * @param more additional headers
   * @returns the response body
   * @throws when the response has errors
   */
  async request(operation: Operation, turn: number, more: Record<string, string> = {}): Promise<string> {
    const token = this.tokens[turn % this.tokens.length];
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization, ...more };
    const body = this.#bodyOf(operation, turn);
    const response = await this.#pool.request({ method: 'POST', path: this.#path, headers, body });
    const text = await response.body.text();
    if (response.statusCode === 200 && !text.includes('"errors":[')) return text;
    throw new Error(
      `${this.url} responded to ${operation.name} with HTTP ${response.statusCode}: ${text.slice(0, 500)}`,
    );
  }

  /** Sends `requests` requests, `concurrency` of them in flight. */
  async warm(operation: Operation, requests: number, concurrency: number): Promise<void> {
    const end = this.#turn + requests;
    const client = async (): Promise<void> => {
      while (this.#turn < end) await this.request(operation, this.#turn++);
    };
    await Promise.all(Array.from({ length: concurrency }, client));
  }

  /** Keeps `concurrency` requests in flight for `seconds`, or until `maxRequests` were answered. */
  async run(operation: Operation, seconds: number, concurrency: number, maxRequests = Infinity): Promise<LoadResult> {
    const latencies: number[] = [];
    const started = performance.now();
    const end = started + seconds * 1000;
    const client = async (): Promise<void> => {
      while (performance.now() < end && latencies.length < maxRequests) {
        const sent = performance.now();
        await this.request(operation, this.#turn++);
        latencies.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, client));
    return { requests: latencies.length, seconds: (performance.now() - started) / 1000, latencies };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #bodyOf({ document: query, variables, name }: Operation, turn: number): string {
    const values = variables(turn);
    const key = `${name} ${JSON.stringify(values)}`;
    const operationName = /^\s*\w+ (\w+)/.exec(query)?.[1];
    return getOrCreate(this.#bodies, key, () => JSON.stringify({ query, variables: values, operationName }));
  }
}
