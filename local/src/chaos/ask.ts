/** What came of one request that must not be tried again. */
export class Refused extends Error {
  override name = 'Refused';
}

/** Milliseconds until an answer is no longer waited for. */
const patience = 30_000;

/**
 * Sends an operation once.
 * @returns its data; undefined when the way there or back was interrupted, so that nobody knows what became of it
 * @throws Refused for an answer that another attempt would get as well
 */
export async function ask<Data>(
  url: string,
  token: string,
  query: string,
  variables: object = {},
): Promise<Data | undefined> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  const text = await response?.text().catch(() => undefined);
  if (!response || text === undefined || response.status >= 502) return undefined;
  const { data, errors } = JSON.parse(text) as { data?: Data; errors?: GraphQLFault[] };
  if (!errors) return data;
  if (errors.every(({ extensions }) => passing.has(extensions.code))) return undefined;
  throw new Refused(errors.map(({ message, extensions }) => `${extensions.code} ${message}`).join('; '));
}

const passing = new Set(['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED']);

interface GraphQLFault {
  message: string;
  extensions: { code: string };
}
