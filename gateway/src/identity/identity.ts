import { type Caller, guest, type UserCaller } from '@marquee/chassis/identity/caller';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { developmentPerson } from './development-identity.js';
import type { Principal, Principals } from './principals.js';
import { headerMalformed, tokenRefused, userRefused } from '../admission/refusals.js';
import { type AccessToken, TokenVerifier } from './token-verifier.js';

/** What a client presents, by lower-case header name; a socket presents the same names when it connects. */
export type Credentials = (name: string) => string | undefined;

/** Tells who asks. */
export interface Identity extends Closable {
  /**
   * A guest when nothing is presented.
   * @throws a GraphQLError with an HTTP status: 401 UNAUTHENTICATED, 400 BAD_USER_INPUT or 503 UPSTREAM_UNAVAILABLE
   */
  identify(presented: Credentials): Promise<Caller>;
}

export interface IdentityOptions {
  settings: Pick<
    GatewaySettings,
    'COGNITO_ISSUER' | 'COGNITO_CLIENT_IDS' | 'COGNITO_JWKS_URI' | 'SCOPE_PREFIX' | 'DEV_IDENTITY'
  >;
  principals: Principals;
  log: Logger;
}

export function openIdentity({ settings, principals, log }: IdentityOptions): Identity {
  const tokens = openIssuer(settings, log);
  const callers = new WeakMap<AccessToken, Known>();
  return {
    close: () => tokens?.close(),
    async identify(presented) {
      const authorization = presented('authorization');
      const person = settings.DEV_IDENTITY ? developmentPerson(presented) : undefined;
      if (authorization !== undefined && person !== undefined)
        throw headerMalformed('Authorization', 'send either this or the X-Dev headers, not both');
      if (person !== undefined) return callerOf(person.sub, await principals.find(person), []);
      if (authorization === undefined) return guest;
      return bearer(await verify(authorization));
    },
  };

  async function verify(authorization: string): Promise<AccessToken> {
    if (tokens === undefined) throw tokenRefused('this gateway has no token issuer, send requests without one');
    return tokens.verify(jwtOf(authorization));
  }

  /** Cognito gives a token of client credentials its client's id for a subject. Roles in tokens are not looked at. */
  async function bearer(token: AccessToken): Promise<Caller> {
    const principal = token.sub === token.clientId ? undefined : await principals.find(token);
    const known = callers.get(token);
    if (known && known.principal === principal) return known.caller;
    const scopes = withoutPrefix(token.scopes, settings.SCOPE_PREFIX);
    const { sub, clientId } = token;
    const caller: Caller = principal ? callerOf(sub, principal, scopes) : { kind: 'machine', clientId, scopes };
    callers.set(token, { principal, caller });
    return caller;
  }
}

/** Who a token stands for, while the users service says the same: one object, so that what is known of it is kept. */
interface Known {
  principal: Principal | undefined;
  caller: Caller;
}

/** @throws UNAUTHENTICATED when the account is deactivated */
function callerOf(sub: string, { id, role, isActive }: Principal, scopes: string[]): UserCaller {
  if (!isActive) throw userRefused('This account is deactivated.');
  return { kind: 'user', id, sub, role, scopes };
}

function openIssuer(settings: IdentityOptions['settings'], log: Logger): TokenVerifier | undefined {
  const { COGNITO_ISSUER: issuer, COGNITO_CLIENT_IDS: clientIds, COGNITO_JWKS_URI: given } = settings;
  if (issuer === undefined) return undefined;
  const jwksUri = given ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return new TokenVerifier({ issuer, clientIds, jwksUri, log });
}

function jwtOf(authorization: string): string {
  const jwt = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (jwt !== undefined) return jwt;
  throw tokenRefused('the Authorization header must read "Bearer", a space and the token');
}

function withoutPrefix(scopes: readonly string[], prefix: string): string[] {
  return scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length));
}
