import { hash } from 'node:crypto';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { JwtVerifier } from 'aws-jwt-verify';
import {
  JwtExpiredError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  JwtWithoutValidKidError,
} from 'aws-jwt-verify/error';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { JwtHeader, JwtPayload } from 'aws-jwt-verify/jwt-model';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { IssuerKeys } from './issuer-keys.js';
import { identityUnavailable, tokenRefused } from '../admission/refusals.js';

export interface TokenVerifierOptions {
  issuer: string;
  clientIds: readonly string[];
  jwksUri: string;
  log: Logger;
  /** Milliseconds since the epoch, for what is remembered; the library reads the system's clock. */
  now?: (() => number) | undefined;
}

/** What an access token says, once it is verified. */
export interface AccessToken {
  sub: string;
  clientId: string;
  /** As the token spells them. */
  scopes: readonly string[];
  email?: string | undefined;
  name?: string | undefined;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Verified tokens that are remembered; the longest unused one goes first. */
const rememberedTokens = 20_000;

/** Verifies access tokens as Cognito makes them. */
export class TokenVerifier {
  readonly #keys: IssuerKeys;
  readonly #verifier: { verify(jwt: string): Promise<JwtPayload> };
  readonly #verified = new LRUCache<string, AccessToken>({ max: rememberedTokens });

  constructor(private readonly options: TokenVerifierOptions) {
    const { issuer, jwksUri, log, now } = options;
    this.#keys = new IssuerKeys({ uri: jwksUri, log, now });
    this.#verifier = JwtVerifier.create({ issuer, audience: null, jwksUri }, { jwksCache: this.#keys.cache });
  }

  /** @throws UNAUTHENTICATED when the token does not count, UPSTREAM_UNAVAILABLE when the keys are out of reach */
  async verify(jwt: string): Promise<AccessToken> {
    const { now = Date.now } = this.options;
    const digest = hash('sha256', jwt, 'base64');
    const known = this.#verified.get(digest);
    if (known && known.expiresAt > now()) return known;
    refuseAtSight(jwt, this.options.issuer);
    const payload = await this.#verifier.verify(jwt).catch((failure: unknown) => this.#refuse(failure));
    const token = tokenOf(payload, this.options.clientIds);
    this.#verified.set(digest, token);
    return token;
  }

  close(): void {
    this.#keys.close();
  }

  #refuse(failure: unknown): never {
    const reason = refusals.find(([type]) => failure instanceof type)?.[1];
    if (reason !== undefined) throw tokenRefused(reason);
    if (this.#keys.failing) throw identityUnavailable('issuer');
    throw tokenRefused('its signing key is unknown');
  }
}

/** What needs no key comes first. The library keeps keys by the issuer that a token claims, so that must be ours. */
function refuseAtSight(jwt: string, issuer: string): void {
  const { header, payload } = decomposed(jwt);
  if (header.alg !== 'RS256') throw tokenRefused('it must be signed with RS256');
  if (payload.iss !== issuer) throw tokenRefused('it comes from another issuer');
}

function decomposed(jwt: string): { header: JwtHeader; payload: JwtPayload } {
  try {
    return decomposeUnverifiedJwt(jwt);
  } catch {
    throw tokenRefused('it is not a JSON Web Token');
  }
}

function tokenOf(payload: JwtPayload, clientIds: readonly string[]): AccessToken {
  const claims = claimsShape.safeParse(payload);
  if (!claims.success) throw tokenRefused(`its claim ${claims.error.issues[0]?.path.join('.')} is missing or wrong`);
  const { sub, client_id: clientId, token_use: use, exp, scope, email, name, username } = claims.data;
  if (use !== 'access') throw tokenRefused('it is not an access token');
  if (!clientIds.includes(clientId)) throw tokenRefused('it was made for another client');
  return {
    sub,
    clientId,
    scopes: scope.split(' ').filter((item) => item !== ''),
    email,
    name: name ?? (username === sub ? undefined : username),
    expiresAt: exp * 1000,
  };
}

const claimsShape = z.object({
  sub: z.string().min(1).max(128),
  client_id: z.string(),
  token_use: z.string(),
  exp: z.number(),
  scope: z.string().default(''),
  username: z.string().optional(),
  email: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
});

const refusals = [
  [JwtParseError, 'it is not a JSON Web Token'],
  [JwtExpiredError, 'it has expired'],
  [JwtNotBeforeError, 'it does not count yet'],
  [JwtInvalidSignatureError, 'its signature does not fit'],
  [JwtWithoutValidKidError, 'it names no signing key'],
] as const;
