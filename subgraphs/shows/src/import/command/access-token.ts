import { z } from 'zod';
import type { ImportSettings } from './import-settings.js';

/** Thrown when the issuer returns no token. The message never contains the secret. */
export class TokenError extends Error {
  constructor(reason: string) {
    super(`Could not get an access token: ${reason}`);
    this.name = 'TokenError';
  }
}

const tokenShape = z.object({ access_token: z.string() });
const errorShape = z.object({ error: z.string() });

const timeoutMs = 10_000;

/**
 * Exchanges client credentials for an access token (RFC 6749, section 4.4).
 * @throws TokenError when the issuer is unreachable or rejects the credentials
 */
export async function fetchToken({ TOKEN_URL, CLIENT_ID, CLIENT_SECRET }: ImportSettings): Promise<string> {
  const credentials = Buffer.from(`${encodeURIComponent(CLIENT_ID)}:${encodeURIComponent(CLIENT_SECRET)}`);
  const response = await fetch(TOKEN_URL, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials.toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((failure: Error) => {
    throw new TokenError(`${TOKEN_URL} is unavailable (${failure.message})`);
  });
  const body: unknown = await response.json().catch(() => undefined);
  const token = tokenShape.safeParse(body);
  if (response.ok && token.success) return token.data.access_token;
  const error = errorShape.safeParse(body);
  throw new TokenError(`${TOKEN_URL} answered ${response.status} ${error.data?.error ?? ''}`.trim());
}
