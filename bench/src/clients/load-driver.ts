import { Pool } from 'undici';
import type { Operation } from './operation.js';

/** What came of sending one question again and again. */
export interface LoadResult {
  requests: number;
  seconds: number;
  /** Milliseconds that each answer took. */
  latencies: number[];
}

/** Sends questions to a gateway as many callers, in turn. */
export class LoadDriver {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #bodies = new Map<string, string>();
  #turn = 0;

  /**
   * @param url of its GraphQL endpoint
   * @param tokens of the callers; without any they are guests
   * @param connections at most; requests beyond wait for one
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

  /** The text of one answer. @throws when it has errors @param more headers besides */
  async request(question: Operation, turn: number, more: Record<string, string> = {}): Promise<string> {
    const token = this.tokens[turn % this.tokens.length];
    const known = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...known, ...more };
    const body = this.#bodyOf(question, turn);
    const answer = await this.#pool.request({ method: 'POST', path: this.#path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode === 200 && !text.includes('"errors":[')) return text;
    throw new Error(`${this.url} answered ${question.name} with HTTP ${answer.statusCode}: ${text.slice(0, 500)}`);
  }

  /** Sends so many requests, some at a time. */
  async warm(question: Operation, requests: number, concurrency: number): Promise<void> {
    const end = this.#turn + requests;
    const client = async (): Promise<void> => {
      while (this.#turn < end) await this.request(question, this.#turn++);
    };
    await Promise.all(Array.from({ length: concurrency }, client));
  }

  /** Keeps so many requests on their way, for so long or until there were as many as there may be. */
  async run(question: Operation, seconds: number, concurrency: number, most = Infinity): Promise<LoadResult> {
    const latencies: number[] = [];
    const started = performance.now();
    const end = started + seconds * 1000;
    const client = async (): Promise<void> => {
      while (performance.now() < end && latencies.length < most) {
        const sent = performance.now();
        await this.request(question, this.#turn++);
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
    const body = this.#bodies.get(key) ?? JSON.stringify({ query, variables: values, operationName });
    this.#bodies.set(key, body);
    return body;
  }
}
