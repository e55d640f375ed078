import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts the secrets of webhooks for the store. */
export interface SecretBox {
  /** Identifies the key that encrypts, in hexadecimal digits. */
  readonly keyId: string;
  /** Identifies all keys, the one that encrypts first. */
  readonly keyIds: readonly string[];
  /** Encrypts a secret with the first key. It can be read only as the secret of this endpoint. */
  seal(secret: Buffer, endpointId: string): Buffer;
  /** @throws UnknownKeyError if none of the keys can decrypt it */
  open(sealed: Buffer, endpointId: string): Buffer;
}

/** A secret was encrypted with a key that the service no longer has, or is damaged. */
export class UnknownKeyError extends Error {
  override name = 'UnknownKeyError';

  constructor() {
    super('none of WEBHOOK_KEYS can decrypt the secret of a webhook');
  }
}

/** Null for a secret that none of the keys can read. */
export function unlessUnreadable<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (failure) {
    if (failure instanceof UnknownKeyError) return null;
    throw failure;
  }
}

/** Bytes at the start of a sealed secret that identify its key. */
const keyIdBytes = 4;

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** @param keys of at least 32 bytes: the first one encrypts, the others only decrypt */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const known = keys.map((key) => ({
    id: keyIdOf(key),
    key: deriveKey(key, 'encryption of webhook secrets', 32),
  }));
  const [current] = known;
  if (!current) throw new Error('The secrets of webhooks need a key.');
  return {
    keyId: current.id.toString('hex'),
    keyIds: known.map(({ id }) => id.toString('hex')),
    seal(secret, endpointId) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, current.key, iv).setAAD(Buffer.from(endpointId));
      const encrypted = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([current.id, iv, cipher.getAuthTag(), encrypted]);
    },
    open(sealed, endpointId) {
      const used = known.find(({ id }) => id.equals(sealed.subarray(0, keyIdBytes)));
      if (!used) throw new UnknownKeyError();
      const [iv, tag, encrypted] = partsOf(sealed);
      const decipher = createDecipheriv(algorithm, used.key, iv, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(endpointId)).setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(encrypted), decipher.final()]);
      } catch {
        throw new UnknownKeyError();
      }
    },
  };
}

/** The id with which a secret begins that the key has encrypted, in hexadecimal digits. */
export function webhookKeyId(key: Buffer): string {
  return keyIdOf(key).toString('hex');
}

function keyIdOf(key: Buffer): Buffer {
  return deriveKey(key, 'key id of webhook secrets', keyIdBytes);
}

function partsOf(sealed: Buffer): [iv: Buffer, tag: Buffer, encrypted: Buffer] {
  const [ivEnd, tagEnd] = [keyIdBytes + ivBytes, keyIdBytes + ivBytes + tagBytes];
  return [sealed.subarray(keyIdBytes, ivEnd), sealed.subarray(ivEnd, tagEnd), sealed.subarray(tagEnd)];
}

function deriveKey(key: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `marquee ${purpose}`, bytes));
}
