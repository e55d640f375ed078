import { setTimeout as wait } from 'node:timers/promises';

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
  extensions?: { code?: string; [name: string]: unknown };
}

/** Maximum number of retries. */
const maxRetries = 20;

/** Longest delay before a retry in milliseconds. */
const maxDelayMs = 5_000;

/** Milliseconds that the gateway has for a whole response; it gives up on its services earlier. */
const responseTimeoutMs = 15_000;

export function openGateway(address: string, token: () => Promise<string>): Gateway {
  return {
    request,
    async requestWithRetries(query, variables) {
      for (let failures = 0; ; failures += 1) {
        try {
          return await request(query, variables);
        } catch (failure) {
          if (!(failure instanceof RequestError && failure.isTransient) || failures === maxRetries) throw failure;
          // Exponential back-off with full jitter, so that clients that failed together return apart.
          await wait(Math.random() * Math.min(maxDelayMs, 200 * 2 ** failures));
        }
      }
    },
  };

  async function request<Data>(query: string, variables: object = {}): Promise<Data> {
    const { status, text } = await post(`${address}/graphql`, token, { query, variables });
    if (status >= 502) throw new RequestError(`The gateway responded with status ${status}.`, true);
    const { data, errors } = JSON.parse(text) as { data: Data; errors?: ResponseError[] };
    if (errors) throw new RequestError(describeErrors(errors), errors[0]?.extensions?.code === 'UPSTREAM_UNAVAILABLE');
    return data;
  }
}

export function describeErrors(errors: readonly ResponseError[] = []): string {
  return errors.map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'} ${message}`).join('; ');
}

/**
 * A request without a whole response may have taken effect or not: it is transient, because the operation is sent again
 * with the same idempotency key.
 */
async function post(
  url: string,
  token: () => Promise<string>,
  body: object,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(responseTimeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (failure) {
    throw new RequestError((failure as Error).message, true);
  }
}
