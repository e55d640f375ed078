import { hash } from 'node:crypto';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Caller, roles } from './caller.js';
import { callerKey } from './caller-key.js';

/** The only header by which a subgraph identifies the caller. The gateway does not forward it from clients. */
export const callerHeader = 'x-marquee-caller';

/** Seconds that a signature is valid. */
const lifetimeSeconds = 60;

/** A signature is reused until this many seconds before its expiry, so that none expires in transit. */
const marginSeconds = 20;

const issuer = 'marquee-gateway';

/** Signs callers for subgraphs. */
export interface CallerSigner {
  /**
   * The header's value: a JWS of the caller for one subgraph, created once and reused. Returned without a promise when it
   * is cached, since a fetch starts sooner without one.
   */
  sign(caller: Caller, subgraph: string): string | Promise<string>;
}

/** Verifies the signatures of a `CallerSigner`. */
export interface CallerVerifier {
  /** @throws Error if the value is missing, expired, for another subgraph or not signed by a known key */
  verify(value: string | undefined): Promise<Caller>;
  /** The caller of a value that was verified before and is still valid. Most requests have one, and need no promise then. */
  recall(value: string | undefined): Caller | undefined;
}

/**
 * @param key a private Ed25519 JSON Web Key (RFC 8037) with a `kid`, which identifies the public key to subgraphs
 * @throws Error if the key is of another type or has no `kid`
 */
export async function createCallerSigner(key: JWK): Promise<CallerSigner> {
  const { kid } = key;
  if (key.crv !== 'Ed25519' || !kid) throw new Error('The signing key must be an Ed25519 JSON Web Key with a kid.');
  const privateKey = await importJWK(key, 'EdDSA');
  const ttl = (lifetimeSeconds - marginSeconds) * 1000;
  const signed = new LRUCache<string, string | Promise<string>>({ max: 10_000, ttl });
  return {
    sign(caller, subgraph) {
      const name = `${subgraph} ${callerKey(caller)}`;
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
      // The entry's time to live still counts from the signing.
      void fresh.then((value) => signed.set(name, value, { noUpdateTTL: true })).catch(() => signed.delete(name));
      return fresh;
    },
  };
}

/**
 * @param keys the accepted public keys; during a rotation, the old and the new one
 * @param subgraph the required audience of a signature
 */
export function createCallerVerifier(keys: JSONWebKeySet, subgraph: string): CallerVerifier {
  const keySet = createLocalJWKSet(keys);
  const verified = new LRUCache<string, { caller: Caller; expiresAt: number }>({ max: 10_000 });
  const digestOf = (value: string) => hash('sha256', value, 'base64');
  const recall = (digest: string): Caller | undefined => {
    const known = verified.get(digest);
    return known && known.expiresAt > Date.now() ? known.caller : undefined;
  };
  return {
    recall: (value) => (value ? recall(digestOf(value)) : undefined),
    async verify(value) {
      if (!value) throw new Error(`The header ${callerHeader} is missing.`);
      const digest = digestOf(value);
      const known = recall(digest);
      if (known) return known;
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
