import { Agent, fetch, Response } from 'undici';

/** What came of one request that must not be tried again. */
export class RequestRejectedError extends Error {
  override name = 'Refused';
}

/** Clients leave a connection that they do not use before a server that drains closes it on them, as balancers do. */
const dispatcher = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });

/** Milliseconds until an answer is no longer waited for. */
const requestTimeoutMs = 30_000;

/**
 * Sends an operation once.
 * @returns its data; undefined when the way there or back was interrupted, so that nobody knows what became of it
 * @throws Refused for an answer that another attempt would get as well
 */
export async function sendRequest<Data>(
  url: string,
  token: string,
  query: string,
  variables: object = {},
): Promise<Data | undefined> {
  const { data, errors } = await sendOnce<Data>(url, token, query, variables);
  if (!errors) return data;
  if (errors.every(({ extensions }) => transientCodes.has(extensions.code))) return undefined;
  throw new RequestRejectedError(describeErrors(errors));
}

/** Faults in one line. */
export function describeErrors(faults: readonly ResponseError[]): string {
  return faults.map(({ message, extensions }) => `${extensions.code} ${message}`).join('; ');
}

/** Sends an operation once. What is in the way is told as UPSTREAM_UNAVAILABLE. */
export async function sendOnce<Data>(
  url: string,
  token: string,
  query: string,
  variables: object,
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(requestTimeoutMs),
    dispatcher,
  }).catch(unavailable);
  if (!(response instanceof Response)) return response;
  const text = await response.text().catch(unavailable);
  if (typeof text !== 'string') return text;
  if (response.status >= 502) return unavailable(new Error(`status ${response.status}`));
  return JSON.parse(text) as Answer<Data>;
}

function unavailable(failure: Error): { errors: ResponseError[]; data?: never } {
  const cause = failure.cause instanceof Error ? ` (${failure.cause.message})` : '';
  return { errors: [{ message: failure.message + cause, extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] };
}

interface Answer<Data> {
  data?: Data;
  errors?: ResponseError[];
}

const transientCodes = new Set(['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED']);

export interface ResponseError {
  message: string;
  extensions: { code: string };
}
