import { setTimeout as wait } from 'node:timers/promises';
import { backoffDelay } from './live-client.js';
import type { Token } from './token-renewal.js';

/** A client of the graph for one user. */
export interface Gateway {
  /** Sends an operation. @throws RequestError */
  request<Data>(query: string, variables?: object): Promise<Data>;
  /** Sends an idempotent operation, with retries after transient failures. @throws RequestError */
  requestWithRetries<Data>(query: string, variables?: object): Promise<Data>;
}

/** A failed request, with a message for users. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** Whether a retry may succeed. */
    readonly isTransient: boolean,
  ) {
    super(message);
  }
}

/** An error of a GraphQL response. */
export interface ResponseError {
  message: string;
  extensions?: { code?: string };
}

/** Maximum number of retries. */
const maxRetries = 20;

export function openGateway(address: string, token: () => Promise<Token>): Gateway {
  return {
    request,
    async requestWithRetries(query, variables) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await request(query, variables);
        } catch (failure) {
          if (!(failure instanceof RequestError && failure.isTransient) || failures === maxRetries) throw failure;
          await wait(backoffDelay(failures));
        }
      }
    },
  };

  async function request<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await post(`${address}/graphql`, (await token()).value, { query, variables });
    if (response.status >= 502) throw new RequestError(`The gateway responded with status ${response.status}.`, true);
    const { data, errors } = (await response.json()) as { data: Data; errors?: ResponseError[] };
    if (errors) throw new RequestError(describeErrors(errors), errors[0]?.extensions?.code === 'UPSTREAM_UNAVAILABLE');
    return data;
  }
}

export function describeErrors(errors: readonly ResponseError[] = []): string {
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
