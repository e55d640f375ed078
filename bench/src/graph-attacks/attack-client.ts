import { setTimeout as wait } from 'node:timers/promises';
import type { Closable } from '@marquee/chassis/process/closers';
import { countOutcomes, type Outcomes } from '@marquee/testkit/floods/flood';
import { Pool } from 'undici';

/** The person or program behind an attack. */
export interface Attacker {
  /** The GraphQL endpoint. */
  url: string;
  /** Ends the attack once it had an expected outcome. */
  signal: AbortSignal;
  /** Ends the attack in any case. */
  lastSignal: AbortSignal;
  /** Outcomes of which an attack needs one: a slow machine may have none of them at the first signal. */
  expected: readonly string[];
  /** Access tokens by the sub of their user. */
  tokens: Readonly<Record<string, string>>;
}

/** Attacks until it is over, and counts the outcomes of all requests. */
export type GraphAttack = (attacker: Attacker) => Promise<Outcomes>;

/** The response to a request: `ok`, or the code of the first error; `cut` without a response. */
export interface Answer {
  outcome: string;
  data: unknown;
}

interface RequestOptions {
  variables?: object | undefined;
  headers?: Record<string, string>;
  /** Closes the connection of the request. */
  signal?: AbortSignal;
}

export interface AttackClient extends Closable {
  send(query: string, options?: RequestOptions): Promise<Answer>;
}

/** Milliseconds for which a client waits after it was rate limited. */
const limitedPauseMs = 25;

/** @param address a loopback address of the client @param token absent for a guest */
export function openAttackClient(url: string, address: string, token?: string): AttackClient {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { localAddress: address });
  const identity = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    async send(query, { variables, headers, signal } = {}) {
      const all = { 'content-type': 'application/json', ...identity, ...headers };
      const body = JSON.stringify({ query, variables });
      const request = { method: 'POST', path: pathname, headers: all, body, signal: signal ?? null } as const;
      const answer = await pool.request(request).then(
        async (response) => answerOf(await response.body.text()),
        () => ({ outcome: 'cut', data: null }),
      );
      if (answer.outcome === 'RATE_LIMITED') await wait(limitedPauseMs);
      return answer;
    },
    close: () => pool.destroy(),
  };
}

function answerOf(text: string): Answer {
  try {
    const { data = null, errors } = JSON.parse(text) as {
      data?: unknown;
      errors?: { extensions?: { code?: string } }[];
    };
    return { outcome: errors?.[0] ? (errors[0].extensions?.code ?? 'no code') : 'ok', data };
  } catch {
    return { outcome: 'cut', data: null };
  }
}

/** Whether an attack with these outcomes has done its work. */
export function isOver({ signal, lastSignal, expected }: Attacker, outcomes: readonly string[]): boolean {
  return lastSignal.aborted || (signal.aborted && expected.some((outcome) => outcomes.includes(outcome)));
}

/** Repeats requests by concurrent workers until the attack is over. */
export async function repeatRequests(
  attacker: Attacker,
  workers: number,
  once: (turn: number) => Promise<string>,
): Promise<Outcomes> {
  const outcomes: string[] = [];
  let turn = 0;
  const work = async (): Promise<void> => {
    while (!isOver(attacker, outcomes)) outcomes.push(await once((turn += 1)));
  };
  await Promise.all(Array.from({ length: workers }, work));
  return countOutcomes(outcomes);
}
