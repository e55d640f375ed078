import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, importJWK, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { people } from '../people.js';
import { webClientId } from './clients.js';

/** The response of a token endpoint (RFC 6749, section 5.1). */
export interface TokenResponse {
  access_token: string;
  expires_in: number;
  token_type: 'Bearer';
}

/** Issues access tokens with the claims of Amazon Cognito. */
export interface TokenIssuer {
  /** The key set with which verifiers check signatures. */
  publicKeys: JSONWebKeySet;
  /** Includes the email of seeded people, which Cognito adds only through a pre-token trigger. */
  issueForPerson(sub: string, seconds: number): Promise<TokenResponse>;
  issueForClient(id: string, scopes: readonly string[], seconds: number): Promise<TokenResponse>;
}

/**
 * @param key a private RSA key
 * @param issuer the `iss` claim
 */
export async function createTokenIssuer(key: JWK, issuer: string): Promise<TokenIssuer> {
  const kid = await calculateJwkThumbprint(key);
  const privateKey = await importJWK(key, 'RS256');
  const sign = async (claims: Record<string, unknown>, seconds: number): Promise<TokenResponse> => {
    const now = Math.floor(Date.now() / 1000);
    const access_token = await new SignJWT({ ...claims, token_use: 'access', auth_time: now, version: 2 })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .setJti(randomUUID())
      .sign(privateKey);
    return { access_token, expires_in: seconds, token_type: 'Bearer' };
  };
  return {
    publicKeys: { keys: [{ kty: 'RSA', n: key.n, e: key.e, alg: 'RS256', use: 'sig', kid }] as JWK[] },
    issueForPerson: (sub, seconds) => sign(personClaims(sub), seconds),
    issueForClient: (id, scopes, seconds) => sign({ sub: id, client_id: id, scope: scopes.join(' ') }, seconds),
  };
}

function personClaims(sub: string): Record<string, unknown> {
  const person = people.find((candidate) => candidate.sub === sub);
  return {
    sub,
    client_id: webClientId,
    username: sub,
    scope: 'openid email profile',
    ...(person && { email: person.email, name: person.name }),
  };
}
