import { Agent, fetch, Response } from 'undici';

/** A response with errors that a retry would not resolve. */
export class RequestRejectedError extends Error {
  override name = 'RequestRejectedError';
}

/** Idle connections are closed early, as load balancers do, before a draining server closes them during a request. */
const dispatcher = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });

/** An access token, or the headers that identify a user in development. */
export type Credentials = string | Readonly<Record<string, string>>;

/** Milliseconds that a request may take. */
const requestTimeoutMs = 30_000;

/**
 * Sends an operation once.
 * @returns its data; undefined after a transient failure, in which case the operation may or may not have taken effect
 * @throws RequestRejectedError for errors that a retry would not resolve
 */
export async function sendRequest<Data>(
  url: string,
  credentials: Credentials,
  query: string,
  variables: object = {},
): Promise<Data | undefined> {
  const { data, errors } = await sendOnce<Data>(url, credentials, query, variables);
  if (!errors) return data;
  if (errors.every(({ extensions }) => transientCodes.has(extensions.code))) return undefined;
  throw new RequestRejectedError(describeErrors(errors));
}

/** Formats errors as one line. */
export function describeErrors(errors: readonly ResponseError[]): string {
  return errors.map(({ message, extensions }) => `${extensions.code} ${message}`).join('; ');
}

/** Sends an operation once. Network failures and gateway timeouts are returned as UPSTREAM_UNAVAILABLE. */
export async function sendOnce<Data>(
  url: string,
  credentials: Credentials,
  query: string,
  variables: object = {},
): Promise<GraphQLResponse<Data>> {
  const identity = typeof credentials === 'string' ? { authorization: `Bearer ${credentials}` } : credentials;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...identity },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(requestTimeoutMs),
    dispatcher,
  }).catch(unavailable);
  if (!(response instanceof Response)) return response;
  const text = await response.text().catch(unavailable);
  if (typeof text !== 'string') return text;
  if (response.status >= 502) return unavailable(new Error(`status ${response.status}`));
  return JSON.parse(text) as GraphQLResponse<Data>;
}

function unavailable(failure: Error): { errors: ResponseError[]; data?: never } {
  const cause = failure.cause instanceof Error ? ` (${failure.cause.message})` : '';
  return { errors: [{ message: failure.message + cause, extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] };
}

interface GraphQLResponse<Data> {
  data?: Data;
  errors?: ResponseError[];
}

const transientCodes = new Set(['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED']);

export interface ResponseError {
  message: string;
  extensions: { code: string };
}
