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
import { identityUnavailable, tokenExpired, tokenRefused } from '../admission/caller-refusals.js';

export interface TokenVerifierOptions {
  issuer: string;
  clientIds: readonly string[];
  jwksUri: string;
  log: Logger;
  /** Longest lifetime of a token in seconds. Default: no limit. */
  maxSeconds?: number;
  /** Milliseconds since the epoch, for cached tokens; the library uses the system clock. */
  now?: (() => number) | undefined;
}

/** The claims of a verified access token. */
export interface AccessToken {
  sub: string;
  clientId: string;
  /** With their prefix, as in the token. */
  scopes: readonly string[];
  email?: string | undefined;
  name?: string | undefined;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Verified tokens that are cached; the least recently used is evicted first. */
const maxTokens = 20_000;

/** Verifies access tokens of Cognito. */
export class TokenVerifier {
  readonly #keys: IssuerKeys;
  readonly #verifier: { verify(jwt: string): Promise<JwtPayload> };
  readonly #verified = new LRUCache<string, AccessToken>({ max: maxTokens });

  constructor(private readonly options: TokenVerifierOptions) {
    const { issuer, jwksUri, log, now } = options;
    this.#keys = new IssuerKeys({ uri: jwksUri, log, now });
    this.#verifier = JwtVerifier.create({ issuer, audience: null, jwksUri }, { jwksCache: this.#keys.cache });
  }

  /** @throws UNAUTHENTICATED for an invalid token, UPSTREAM_UNAVAILABLE if the keys cannot be fetched */
  async verify(jwt: string): Promise<AccessToken> {
    const { now = Date.now } = this.options;
    const digest = hash('sha256', jwt, 'base64');
    const known = this.#verified.get(digest);
    if (known && known.expiresAt > now()) return known;
    checkUnverified(jwt, this.options.issuer);
    const payload = await this.#verifier.verify(jwt).catch((failure: unknown) => this.#refuse(failure));
    const token = tokenOf(payload, this.options.clientIds);
    checkLifetime(payload, now() / 1000, this.options.maxSeconds);
    this.#verified.set(digest, token);
    return token;
  }

  close(): void {
    this.#keys.close();
  }

  #refuse(failure: unknown): never {
    const reason = reasons.find(([type]) => failure instanceof type)?.[1];
    if (failure instanceof JwtExpiredError) throw tokenExpired();
    if (reason !== undefined) throw tokenRefused(reason);
    if (this.#keys.isFailing) throw identityUnavailable('issuer');
    throw tokenRefused('unknown signing key (kid)');
  }
}

/**
 * Checks what needs no key. The issuer must be checked first, because the library caches keys by the issuer that a token
 * claims to have.
 */
function checkUnverified(jwt: string, issuer: string): void {
  const { header, payload } = decode(jwt);
  if (header.alg !== 'RS256') throw tokenRefused('expected the algorithm RS256');
  if (payload.iss !== issuer) throw tokenRefused(`expected the issuer ${issuer}`);
}

function decode(jwt: string): { header: JwtHeader; payload: JwtPayload } {
  try {
    return decomposeUnverifiedJwt(jwt);
  } catch {
    throw tokenRefused('not a JSON Web Token');
  }
}

function tokenOf(payload: JwtPayload, clientIds: readonly string[]): AccessToken {
  const claims = claimsShape.safeParse(payload);
  if (!claims.success) throw tokenRefused(`missing or invalid claim ${claims.error.issues[0]?.path.join('.')}`);
  const { sub, client_id: clientId, token_use: use, exp, scope, email } = claims.data;
  if (use !== 'access') throw tokenRefused('expected token_use "access"');
  if (!clientIds.includes(clientId)) throw tokenRefused('its client_id is not accepted by this gateway');
  return {
    sub,
    clientId,
    scopes: scope.split(' ').filter((item) => item !== ''),
    email,
    name: publicName(claims.data),
    expiresAt: exp * 1000,
  };
}

/** A token without `iat`, or with one in the future, counts from now. */
function checkLifetime({ iat, exp = 0 }: JwtPayload, nowSeconds: number, maxSeconds = Infinity): void {
  const issuedAt = typeof iat === 'number' ? Math.min(iat, nowSeconds) : nowSeconds;
  if (exp - issuedAt > maxSeconds) throw tokenRefused(`valid for more than ${maxSeconds} s (iat, exp)`);
}

/** The name of a user who signs in for the first time. A username that may be an email address or a number is private. */
function publicName({ sub, name, username }: z.output<typeof claimsShape>): string | undefined {
  const candidates = [name, username === sub ? undefined : username];
  return candidates.find((value) => value !== undefined && !/\S@\S|^\+?[\d\s()-]+$/.test(value));
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

/** Reasons for a refusal, by the errors of the library. */
const reasons = [
  [JwtParseError, 'not a JSON Web Token'],
  [JwtNotBeforeError, 'not yet valid (nbf)'],
  [JwtInvalidSignatureError, 'invalid signature'],
  [JwtWithoutValidKidError, 'no key id (kid) in the header'],
] as const;
