/** Requests a user's token by `sub` from the local issuer of `npm start`. Production issuers require a sign-in. */
export async function fetchToken(sub: string, issuer: string, ttl: number): Promise<string> {
  const response = await fetch(`${issuer}/token?user=${encodeURIComponent(sub)}&ttl=${ttl}`);
  if (!response.ok) throw new Error(`The issuer responded with status ${response.status}.`);
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
