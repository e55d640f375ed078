import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** The environment variable of services that create or verify the ids of media. */
export const mediaIdSettings = {
  MEDIA_ID_KEY: z
    .base64({ error: 'expected base64' })
    .transform((value) => Buffer.from(value, 'base64'))
    .refine((key) => key.length >= 32, 'expected at least 32 bytes in base64')
    .describe('Key that binds media ids to their owners: 32 bytes in base64, the same in all services that use it.'),
};

/**
 * Ids that prove their owner.
 *
 * An owned id is a UUIDv7 (RFC 9562) whose last 62 random bits are a MAC over its time, its 12 other random bits, the
 * owner and the purpose. With the key, a service can verify that an id belongs to a user without a call to the service
 * that created it. Guessing a valid id takes 2^61 attempts on average.
 */
export interface OwnedIds {
  /** Creates an id for an owner and purpose. @param now milliseconds since 1970; the current time by default */
  make(owner: string, purpose: string, now?: number): string;
  /** Whether the id was created for this owner and purpose. False for any text that is not an owned id. */
  belongsTo(id: string, owner: string, purpose: string): boolean;
}

/**
 * @param key at least 32 bytes, the same in every service that creates or verifies the ids
 * @throws Error if it is shorter
 */
export function createOwnedIds(key: Buffer): OwnedIds {
  if (key.length < 32) throw new Error(`The key of owned ids must have at least 32 bytes; it has ${key.length}.`);
  return {
    make(owner, purpose, now = Date.now()) {
      const bytes = Buffer.alloc(16);
      bytes.writeUIntBE(now, 0, 6);
      bytes.writeUInt16BE(0x7000 | randomInt(0x1000), 6);
      macOf(bytes, owner, purpose, key).copy(bytes, 8);
      return format(bytes);
    },
    belongsTo(id, owner, purpose) {
      if (!uuid7.test(id)) return false;
      const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
      return timingSafeEqual(bytes.subarray(8), macOf(bytes, owner, purpose, key));
    },
  };
}

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The last 8 bytes of the id: the variant's two bits, then the first 62 bits of the MAC. */
function macOf(bytes: Buffer, owner: string, purpose: string, key: Buffer): Buffer {
  const claim = JSON.stringify([owner, purpose]);
  const mac = createHmac('sha256', key).update(bytes.subarray(0, 8)).update(claim).digest().subarray(0, 8);
  mac.writeUInt8((mac.readUInt8(0) & 0x3f) | 0x80, 0);
  return mac;
}

function format(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
