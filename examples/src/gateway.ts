import { setTimeout as wait } from 'node:timers/promises';
import { pauseBefore } from './live-client.js';
import type { Token } from './token-renewal.js';

/** The graph, as one person sees it. */
export interface Gateway {
  /** @throws Refusal */
  ask<Data>(query: string, variables?: object): Promise<Data>;
  /** Asks until there is an answer: for what may be done twice without harm. @throws Refusal */
  insist<Data>(query: string, variables?: object): Promise<Data>;
}

/** Why there is no answer, in words for people. */
export class Refusal extends Error {
  constructor(
    message: string,
    /** Whether another attempt may go better. */
    readonly isPassing: boolean,
  ) {
    super(message);
  }
}

/** What a GraphQL answer says of a failure. */
export interface AnswerError {
  message: string;
  extensions?: { code?: string };
}

/** Attempts to be answered. */
const mostAttempts = 20;

export function openGateway(address: string, token: () => Promise<Token>): Gateway {
  return {
    ask,
    async insist(query, variables) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await ask(query, variables);
        } catch (failure) {
          if (!(failure instanceof Refusal && failure.isPassing) || failures === mostAttempts) throw failure;
          await wait(pauseBefore(failures));
        }
      }
    },
  };

  async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await post(`${address}/graphql`, (await token()).value, { query, variables });
    if (response.status >= 502) throw new Refusal(`The gateway answered ${response.status}.`, true);
    const { data, errors } = (await response.json()) as { data: Data; errors?: AnswerError[] };
    if (errors) throw new Refusal(described(errors), errors[0]?.extensions?.code === 'UPSTREAM_UNAVAILABLE');
    return data;
  }
}

export function described(errors: readonly AnswerError[] = []): string {
  return errors.map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'} ${message}`).join('; ');
}

async function post(url: string, token: string, body: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  } catch (failure) {
    throw new Refusal((failure as Error).message, true);
  }
}
