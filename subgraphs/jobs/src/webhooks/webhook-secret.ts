/**
 * Signatures of Standard Webhooks (version 1.0.0, "Signature scheme"): HMAC-SHA256 over the id, the time and the body.
 * Secrets are derived from a key of the service, so that nothing that is stored can sign a delivery.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { WebhookEndpoint } from './webhook-model.js';

export interface WebhookSecrets {
  /** The current secret of an endpoint, as its client receives it. */
  secretOf(endpoint: SecretVersion): string;
  /** The headers of an attempt. For a day after a rotation they have the signature by the previous secret, too. */
  signedHeaders(endpoint: SignedEndpoint, message: SignedMessage, now?: number): Record<string, string>;
}

type SecretVersion = Pick<WebhookEndpoint, 'id' | 'secretVersion'>;
type SignedEndpoint = SecretVersion & Pick<WebhookEndpoint, 'secretRotatedAt'>;

export interface SignedMessage {
  id: string;
  body: string;
}

/** Milliseconds after a rotation in which the previous secret still signs. */
const overlapMs = 86_400_000;

const secretBytes = 32;

/** @param key a key of the service, of at least 32 bytes */
export function createWebhookSecrets(key: Buffer): WebhookSecrets {
  const derive = ({ id, secretVersion }: SecretVersion) =>
    Buffer.from(hkdfSync('sha256', key, '', `marquee webhook secret ${secretVersion} of ${id}`, secretBytes));
  return {
    secretOf: (endpoint) => `whsec_${derive(endpoint).toString('base64')}`,
    signedHeaders(endpoint, { id, body }, now = Date.now()) {
      const timestamp = String(Math.floor(now / 1000));
      const sign = (secretVersion: number) =>
        createHmac('sha256', derive({ ...endpoint, secretVersion }))
          .update(`${id}.${timestamp}.${body}`)
          .digest('base64');
      const { secretVersion, secretRotatedAt } = endpoint;
      const isOverlapping = secretRotatedAt !== null && now - secretRotatedAt.getTime() < overlapMs;
      const versions = isOverlapping ? [secretVersion, secretVersion - 1] : [secretVersion];
      return {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': versions.map((version) => `v1,${sign(version)}`).join(' '),
      };
    },
  };
}
