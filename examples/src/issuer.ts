import type { Token } from './token-renewal.js';

/** Asks the local issuer of `npm start` for a person's token, by their `sub`. Only a local one hands out anybody's. */
export async function fetchToken(sub: string, issuer: string, ttl: number): Promise<Token> {
  const response = await fetch(`${issuer}/token?user=${encodeURIComponent(sub)}&ttl=${ttl}`);
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  const { access_token: value, expires_in: seconds } = (await response.json()) as TokenAnswer;
  return { value, seconds };
}

interface TokenAnswer {
  access_token: string;
  expires_in: number;
}
