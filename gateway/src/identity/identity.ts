import { type Caller, guest, type UserCaller } from '@marquee/chassis/identity/caller';
import type { Closable } from '@marquee/chassis/process/closers';
import type { Logger } from '@marquee/chassis/telemetry/log';
import type { GatewaySettings } from '../config.js';
import { developmentPerson } from './development.js';
import type { Person, Principals } from './principals.js';
import { headersRefused, tokenRefused, userRefused } from './refusals.js';
import { type Token, Tokens } from './tokens.js';

/** What a client presents, by lower-case header name; a socket presents the same names when it connects. */
export type Presented = (name: string) => string | undefined;

/** Tells who asks. */
export interface Identity extends Closable {
  /**
   * A guest when nothing is presented.
   * @throws a GraphQLError with an HTTP status: 401 UNAUTHENTICATED, 400 BAD_USER_INPUT or 503 UPSTREAM_UNAVAILABLE
   */
  identify(presented: Presented): Promise<Caller>;
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
  return {
    close: () => tokens?.close(),
    async identify(presented) {
      const authorization = presented('authorization');
      const person = settings.DEV_IDENTITY ? developmentPerson(presented) : undefined;
      if (authorization !== undefined && person !== undefined)
        throw headersRefused('Authorization', 'send either this or the X-Dev headers, not both');
      if (person !== undefined) return user(person, []);
      if (authorization === undefined) return guest;
      return bearer(await verify(authorization));
    },
  };

  async function verify(authorization: string): Promise<Token> {
    if (tokens === undefined) throw tokenRefused('this gateway has no token issuer, send requests without one');
    return tokens.verify(jwtOf(authorization));
  }

  /** Cognito gives a token of client credentials its client's id for a subject. Roles in tokens are not looked at. */
  async function bearer({ sub, clientId, scopes, email, name }: Token): Promise<Caller> {
    const counting = withoutPrefix(scopes, settings.SCOPE_PREFIX);
    if (sub === clientId) return { kind: 'machine', clientId, scopes: counting };
    return user({ sub, email, name }, counting);
  }

  async function user(person: Person, scopes: string[]): Promise<UserCaller> {
    const { id, role, isActive } = await principals.find(person);
    if (!isActive) throw userRefused('This account is deactivated.');
    return { kind: 'user', id, sub: person.sub, role, scopes };
  }
}

function openIssuer(settings: IdentityOptions['settings'], log: Logger): Tokens | undefined {
  const { COGNITO_ISSUER: issuer, COGNITO_CLIENT_IDS: clientIds, COGNITO_JWKS_URI: given } = settings;
  if (issuer === undefined) return undefined;
  const jwksUri = given ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return new Tokens({ issuer, clientIds, jwksUri, log });
}

function jwtOf(authorization: string): string {
  const jwt = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (jwt !== undefined) return jwt;
  throw tokenRefused('the Authorization header must read "Bearer", a space and the token');
}

function withoutPrefix(scopes: readonly string[], prefix: string): string[] {
  return scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length));
}
