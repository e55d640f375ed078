import { type Caller, guest, type UserCaller } from '@marquee/chassis/identity/caller';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GraphQLError } from 'graphql';
import { headerMalformed, tokenRefused, userRefused } from '../admission/caller-refusals.js';
import type { GatewaySettings } from '../config.js';
import { presentToken } from './authorization.js';
import { developmentPerson } from './development-identity.js';
import type { Principal } from './principal-lookups.js';
import type { Principals } from './principals.js';
import { rememberTokenClient } from './token-client.js';
import { type AccessToken, TokenVerifier } from './token-verifier.js';

/** Reads a credential by its lower-case header name, from HTTP headers or from the payload of connection_init. */
export type Credentials = (name: string) => string | undefined;

/** Identifies callers. */
export interface Identity extends Closable {
  /**
   * Without credentials the caller is a guest, also with an `authorization` that contains no token.
   * @throws GraphQLError with an HTTP status: 401 UNAUTHENTICATED, 400 BAD_USER_INPUT or 503 UPSTREAM_UNAVAILABLE
   */
  identify(credentials: Credentials): Promise<Caller>;
  /**
   * When the token of a caller expires, in milliseconds since the epoch; undefined for a caller without a token.
   * @throws GraphQLError like `identify`
   */
  expiresAt(credentials: Credentials): Promise<number | undefined>;
}

export interface IdentityOptions {
  settings: Pick<
    GatewaySettings,
    'COGNITO_ISSUER' | 'COGNITO_CLIENT_IDS' | 'COGNITO_JWKS_URI' | 'SCOPE_PREFIX' | 'DEV_IDENTITY' | 'TOKEN_MAX_SECONDS'
  >;
  principals: Principals;
  log: Logger;
}

export function openIdentity({ settings, principals, log }: IdentityOptions): Identity {
  const verifier = openVerifier(settings, log);
  const verify = (authorization: string): Promise<AccessToken> => verifyWith(verifier, authorization);
  const callers = new WeakMap<AccessToken, TokenCaller>();
  return {
    close: () => verifier?.close(),
    async identify(credentials) {
      const authorization = presentToken(credentials('authorization'));
      const person = settings.DEV_IDENTITY ? developmentPerson(credentials) : undefined;
      if (authorization !== undefined && person !== undefined) throw twoIdentities();
      if (person !== undefined) return userCaller(person.sub, await principals.find(person), []);
      if (authorization === undefined) return guest;
      return callerOf(await verify(authorization));
    },
    async expiresAt(credentials) {
      const authorization = presentToken(credentials('authorization'));
      return authorization === undefined ? undefined : (await verify(authorization)).expiresAt;
    },
  };

  /** Cognito sets the subject of a client credentials token to its client id. Roles in tokens are ignored. */
  async function callerOf(token: AccessToken): Promise<Caller> {
    const principal = token.sub === token.clientId ? undefined : await principals.find(token);
    const known = callers.get(token);
    if (known && known.principal === principal) return known.caller;
    const { sub, clientId } = token;
    const scopes = withoutPrefix(token.scopes, settings.SCOPE_PREFIX);
    const caller: Caller = principal ? userCaller(sub, principal, scopes) : { kind: 'machine', clientId, scopes };
    callers.set(token, { principal, caller });
    return rememberTokenClient(caller, clientId);
  }
}

function twoIdentities(): GraphQLError {
  return headerMalformed('Authorization', 'expected either this header or the X-Dev headers, got both');
}

async function verifyWith(verifier: TokenVerifier | undefined, authorization: string): Promise<AccessToken> {
  if (verifier === undefined) throw tokenRefused('this gateway has no token issuer; send requests without a token');
  return verifier.verify(tokenIn(authorization));
}

/** The caller of a token is one object while its principal is unchanged, so that results can be cached by it. */
interface TokenCaller {
  principal: Principal | undefined;
  caller: Caller;
}

/** @throws UNAUTHENTICATED if the account is deactivated */
function userCaller(sub: string, { id, role, isActive }: Principal, scopes: string[]): UserCaller {
  if (!isActive) throw userRefused('This account is deactivated.');
  return { kind: 'user', id, sub, role, scopes };
}

function openVerifier(settings: IdentityOptions['settings'], log: Logger): TokenVerifier | undefined {
  const { COGNITO_ISSUER: issuer, COGNITO_CLIENT_IDS: clientIds, COGNITO_JWKS_URI: configured } = settings;
  if (issuer === undefined) return undefined;
  const jwksUri = configured ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return new TokenVerifier({ issuer, clientIds, jwksUri, log, maxSeconds: settings.TOKEN_MAX_SECONDS });
}

function tokenIn(authorization: string): string {
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw tokenRefused('expected the Authorization header to be "Bearer", a space and the token');
}

function withoutPrefix(scopes: readonly string[], prefix: string): string[] {
  return scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length));
}
