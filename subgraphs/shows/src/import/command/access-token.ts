import { z } from 'zod';
import type { ImportSettings } from './import-settings.js';

/** Thrown when the issuer gives no token; the message never holds the secret. */
export class TokenError extends Error {
  constructor(reason: string) {
    super(`Could not get an access token: ${reason}`);
    this.name = 'TokenError';
  }
}

const answerShape = z.object({ access_token: z.string() });
const refusalShape = z.object({ error: z.string() });

const patience = 10_000;

/**
 * Exchanges client credentials for an access token (RFC 6749, section 4.4).
 * @throws TokenError when the issuer is out of reach or refuses
 */
export async function fetchToken({ TOKEN_URL, CLIENT_ID, CLIENT_SECRET }: ImportSettings): Promise<string> {
  const credentials = Buffer.from(`${encodeURIComponent(CLIENT_ID)}:${encodeURIComponent(CLIENT_SECRET)}`);
  const response = await fetch(TOKEN_URL, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials.toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    signal: AbortSignal.timeout(patience),
  }).catch((failure: Error) => {
    throw new TokenError(`${TOKEN_URL} does not answer (${failure.message})`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const token = answerShape.safeParse(answer);
  if (response.ok && token.success) return token.data.access_token;
  const refusal = refusalShape.safeParse(answer);
  throw new TokenError(`${TOKEN_URL} answered ${response.status} ${refusal.data?.error ?? ''}`.trim());
}
