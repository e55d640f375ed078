import { storeSession } from './session.js';

/** The kinds of callers for which the issuer of the embedded run creates tokens. */
export type CallerKind = 'user' | 'client';

/** Requests a token for a sample user or a partner. @throws Error if the issuer does not respond */
export async function requestToken(kind: CallerKind, value: string): Promise<string> {
  const body = JSON.stringify({ [kind]: value });
  const response = await fetch('/dev/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  if (!response.ok) throw new Error('The token issuer is not responding.');
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Starts a session as a caller of the embedded run; an empty value ends the session. */
export async function actAs(kind: CallerKind, value: string, name: string): Promise<void> {
  if (value === '') return storeSession(undefined);
  storeSession({ token: await requestToken(kind, value), caller: { value, name } });
}
