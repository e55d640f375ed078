/**
 * Signatures of Standard Webhooks (version 1.0.0, "Signature scheme"): HMAC-SHA256 over the id, the time and the body.
 * Secrets are random and stored encrypted, so that nothing that is stored can sign a delivery, and the key of the service
 * can be replaced while every endpoint keeps its secret.
 */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { WebhookEndpoint } from './webhook-model.js';
import { type SecretBox, unlessUnreadable } from './webhook-secret-box.js';

export interface WebhookSecrets {
  /** Identifies the key that encrypts secrets, in hexadecimal digits. */
  readonly keyId: string;
  /** Identifies the keys that read secrets. */
  readonly keyIds: readonly string[];
  /** A new secret for an endpoint, encrypted. */
  create(endpointId: string): Buffer;
  /** The current secret of an endpoint, as its client receives it. @throws UnknownKeyError */
  secretOf(endpoint: StoredSecret): string;
  /** A new secret for an endpoint, and its current one unless that can no longer be read. */
  rotated(endpoint: StoredSecret): SealedSecrets;
  /** The secrets of an endpoint, encrypted with the current key. @throws UnknownKeyError */
  resealed(endpoint: StoredSecret): SealedSecrets;
  /**
   * The headers of an attempt. For a day after a rotation they have the signature by the previous secret, too.
   * @throws UnknownKeyError
   */
  signedHeaders(endpoint: StoredSecret, message: SignedMessage, now?: number): Record<string, string>;
}

/** Encrypted, as they are stored. */
export interface SealedSecrets {
  secret: Buffer;
  previousSecret: Buffer | null;
}

/** The columns of an endpoint from which its secrets are read. */
export type StoredSecret = Pick<
  WebhookEndpoint,
  'id' | 'secret' | 'previousSecret' | 'secretVersion' | 'secretRotatedAt'
>;

export interface SignedMessage {
  id: string;
  body: string;
}

/** Milliseconds after a rotation in which the previous secret still signs. */
const overlapMs = 86_400_000;

const secretBytes = 32;

/** @param derivationKey the key from which builds before the column `secret` have derived secrets */
export function createWebhookSecrets(box: SecretBox, derivationKey: Buffer): WebhookSecrets {
  const { current, previous } = createReaders(box, derivationKey);
  const create = (endpointId: string) => box.seal(randomBytes(secretBytes), endpointId);
  const seal = (secret: Buffer | null, { id }: StoredSecret) => secret && box.seal(secret, id);
  return {
    keyId: box.keyId,
    keyIds: box.keyIds,
    create,
    secretOf: (endpoint) => `whsec_${current(endpoint).toString('base64')}`,
    rotated(endpoint) {
      const before = unlessUnreadable(() => current(endpoint));
      return { secret: create(endpoint.id), previousSecret: seal(before, endpoint) };
    },
    resealed(endpoint) {
      const secret = box.seal(current(endpoint), endpoint.id);
      return { secret, previousSecret: seal(previous(endpoint), endpoint) };
    },
    signedHeaders(endpoint, message, now = Date.now()) {
      const { secretRotatedAt } = endpoint;
      const isOverlapping = secretRotatedAt !== null && now - secretRotatedAt.getTime() < overlapMs;
      const before = isOverlapping ? previous(endpoint) : null;
      return headersOf(message, before ? [current(endpoint), before] : [current(endpoint)], now);
    },
  };
}

/** `previous` returns null without a previous secret, and for one that none of the keys can read. */
function createReaders(box: SecretBox, derivationKey: Buffer) {
  const derive = (id: string, version: number) =>
    Buffer.from(hkdfSync('sha256', derivationKey, '', `marquee webhook secret ${version} of ${id}`, secretBytes));
  return {
    current: ({ id, secret, secretVersion }: StoredSecret) =>
      secret ? box.open(secret, id) : derive(id, secretVersion),
    previous({ id, secret, previousSecret, secretVersion }: StoredSecret): Buffer | null {
      if (previousSecret) return unlessUnreadable(() => box.open(previousSecret, id));
      return secret === null && secretVersion > 1 ? derive(id, secretVersion - 1) : null;
    },
  };
}

function headersOf({ id, body }: SignedMessage, secrets: readonly Buffer[], now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const sign = (secret: Buffer) => createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${sign(secret)}`).join(' '),
  };
}
