import { hash } from 'node:crypto';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { roles, type Caller } from './caller.js';

/** The one header that a subgraph believes. The gateway drops every copy that a client sends. */
export const callerHeader = 'x-marquee-caller';

/** Seconds that a signed caller counts. */
const lifetimeSeconds = 60;

/** A signed caller is used again until so many seconds before its end, so that none expires on its way. */
const marginSeconds = 20;

const issuer = 'marquee-gateway';

/** Signs callers for subgraphs. */
export interface CallerSigner {
  /** The header's value: a JWS over the caller for one subgraph, made once for both while it lasts; no promise when it is there. */
  sign(caller: Caller, subgraph: string): string | Promise<string>;
}

/** Verifies what a `CallerSigner` made. */
export interface CallerVerifier {
  /** @throws when the value is missing, expired, for another subgraph or not signed by a known key. */
  verify(value: string | undefined): Promise<Caller>;
}

/**
 * @param key a private Ed25519 JSON Web Key with a `kid`, which tells subgraphs the key to check with (RFC 7517, RFC 8037)
 * @throws when the key is of another kind or has no `kid`
 */
export async function createCallerSigner(key: JWK): Promise<CallerSigner> {
  const { kid } = key;
  if (key.crv !== 'Ed25519' || !kid) throw new Error('The signing key must be an Ed25519 JSON Web Key with a kid.');
  const privateKey = await importJWK(key, 'EdDSA');
  const ttl = (lifetimeSeconds - marginSeconds) * 1000;
  const signed = new LRUCache<string, string | Promise<string>>({ max: 10_000, ttl });
  return {
    sign(caller, subgraph) {
      const name = nameOf(caller, subgraph);
      const known = signed.get(name);
      if (known) return known;
      const fresh = new SignJWT({ caller })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer(issuer)
        .setAudience(subgraph)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(privateKey);
      signed.set(name, fresh);
      // Its time counts from the beginning.
      void fresh.then((value) => signed.set(name, value, { noUpdateTTL: true })).catch(() => signed.delete(name));
      return fresh;
    },
  };
}

const names = new WeakMap<Caller, Map<string, string>>();

/** The same text for the same object: to look it up costs less than to make it. */
function nameOf(caller: Caller, subgraph: string): string {
  const known = names.get(caller) ?? new Map<string, string>();
  const name = known.get(subgraph);
  if (name !== undefined) return name;
  const fresh = `${subgraph} ${JSON.stringify(caller)}`;
  known.set(subgraph, fresh);
  names.set(caller, known);
  return fresh;
}

/**
 * @param keys the public keys that count; a rotation holds the old and the new one
 * @param subgraph the audience that a value must name
 */
export function createCallerVerifier(keys: JSONWebKeySet, subgraph: string): CallerVerifier {
  const keySet = createLocalJWKSet(keys);
  const verified = new LRUCache<string, { caller: Caller; expiresAt: number }>({ max: 10_000 });
  return {
    async verify(value) {
      if (!value) throw new Error(`The header ${callerHeader} is missing.`);
      const digest = hash('sha256', value, 'base64');
      const known = verified.get(digest);
      if (known && known.expiresAt > Date.now()) return known.caller;
      const { payload } = await jwtVerify(value, keySet, {
        algorithms: ['EdDSA'],
        issuer,
        audience: subgraph,
        requiredClaims: ['exp', 'iat'],
      });
      const caller = callerShape.parse(payload['caller']);
      verified.set(digest, { caller, expiresAt: (payload.exp ?? 0) * 1000 });
      return caller;
    },
  };
}

const callerShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('guest') }),
  z.strictObject({
    kind: z.literal('user'),
    id: z.string(),
    sub: z.string(),
    role: z.enum(roles),
    scopes: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('machine'), clientId: z.string(), scopes: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('gateway') }),
]);
