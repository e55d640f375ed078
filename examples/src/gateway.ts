import { setTimeout as wait } from 'node:timers/promises';
import { backoffDelay } from './live-client.js';
import type { Token } from './token-renewal.js';

/** The graph, as one person sees it. */
export interface Gateway {
  /** @throws Refusal */
  request<Data>(query: string, variables?: object): Promise<Data>;
  /** Asks until there is an answer: for what may be done twice without harm. @throws Refusal */
  requestWithRetries<Data>(query: string, variables?: object): Promise<Data>;
}

/** Why there is no answer, in words for people. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** Whether another attempt may go better. */
    readonly isTransient: boolean,
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
const maxAttempts = 20;

export function openGateway(address: string, token: () => Promise<Token>): Gateway {
  return {
    request,
    async requestWithRetries(query, variables) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await request(query, variables);
        } catch (failure) {
          if (!(failure instanceof RequestError && failure.isTransient) || failures === maxAttempts) throw failure;
          await wait(backoffDelay(failures));
        }
      }
    },
  };

  async function request<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await post(`${address}/graphql`, (await token()).value, { query, variables });
    if (response.status >= 502) throw new RequestError(`The gateway answered ${response.status}.`, true);
    const { data, errors } = (await response.json()) as { data: Data; errors?: AnswerError[] };
    if (errors) throw new RequestError(describeErrors(errors), errors[0]?.extensions?.code === 'UPSTREAM_UNAVAILABLE');
    return data;
  }
}

export function describeErrors(errors: readonly AnswerError[] = []): string {
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
    throw new RequestError((failure as Error).message, true);
  }
}
