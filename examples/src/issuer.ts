import type { Token } from './token-renewal.js';

/** Requests a user's token by `sub` from the local issuer of `npm start`. Production issuers require a sign-in. */
export async function fetchToken(sub: string, issuer: string, ttl: number): Promise<Token> {
  const response = await fetch(`${issuer}/token?user=${encodeURIComponent(sub)}&ttl=${ttl}`);
  if (!response.ok) throw new Error(`The issuer responded with status ${response.status}.`);
  const { access_token: value, expires_in: seconds } = (await response.json()) as TokenResponse;
  return { value, seconds };
}

interface TokenResponse {
  access_token: string;
  expires_in: number;
}
