import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/**
 * POST policies like those of S3, for the local storage: a signed document states until when, and with which fields, a
 * form is accepted. The signature proves that this service issued it, so that no state has to be kept.
 */
export interface UploadPolicy {
  key: string;
  contentType: string;
  /** The maximum size of the file. */
  bytes: number;
  expiresAt: Date;
}

/** Why a form is rejected, with the error codes of S3 where they exist. */
export class UploadFormError extends Error {
  constructor(
    readonly status: 400 | 403 | 409 | 503,
    readonly code:
      'AccessDenied' | 'EntityTooLarge' | 'EntityTooSmall' | 'MalformedPOSTRequest' | 'AlreadyUploaded' | 'SlowDown',
    message: string,
  ) {
    super(message);
    this.name = 'UploadFormError';
  }
}

/** The fields of a form that the policy accepts. */
export function signedFields(policy: UploadPolicy, secret: Buffer): Record<string, string> {
  const encoded = Buffer.from(JSON.stringify(toDocument(policy))).toString('base64');
  return {
    key: policy.key,
    'Content-Type': policy.contentType,
    Policy: encoded,
    'X-Marquee-Signature': sign(encoded, secret).toString('hex'),
  };
}

/**
 * Returns the policy of a form if its signature is valid, it has not expired, and the fields are exactly those that the
 * policy states.
 * @throws UploadFormError
 */
export function verifyPolicy(fields: ReadonlyMap<string, string>, secret: Buffer, now = new Date()): UploadPolicy {
  const encoded = fields.get('Policy') ?? '';
  const signature = Buffer.from(fields.get('X-Marquee-Signature') ?? '', 'hex');
  const expectedSignature = sign(encoded, secret);
  if (signature.length !== expectedSignature.length || !timingSafeEqual(signature, expectedSignature))
    throw new UploadFormError(403, 'AccessDenied', 'The signature does not match the policy.');
  const policy = parseDocument(encoded);
  if (policy.expiresAt <= now)
    throw new UploadFormError(403, 'AccessDenied', 'The policy has expired: request a new upload.');
  const expected = new Map(Object.entries(signedFields(policy, secret)));
  for (const [name, value] of fields)
    if (expected.get(name) !== value)
      throw new UploadFormError(403, 'AccessDenied', `The field "${name.slice(0, 100)}" does not match the policy.`);
  for (const name of expected.keys())
    if (!fields.has(name)) throw new UploadFormError(403, 'AccessDenied', `The field "${name}" is missing.`);
  return policy;
}

function toDocument({ key, contentType, bytes, expiresAt }: UploadPolicy): z.input<typeof policyDocument> {
  return {
    expiration: expiresAt.toISOString(),
    conditions: [{ key }, { 'Content-Type': contentType }, ['content-length-range', 1, bytes]],
  };
}

const policyDocument = z.object({
  expiration: z.iso.datetime(),
  conditions: z.tuple([
    z.object({ key: z.string() }),
    z.object({ 'Content-Type': z.string() }),
    z.tuple([z.literal('content-length-range'), z.literal(1), z.int()]),
  ]),
});

function parseDocument(encoded: string): UploadPolicy {
  const { expiration, conditions } = policyDocument.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  const [{ key }, { 'Content-Type': contentType }, [, , bytes]] = conditions;
  return { key, contentType, bytes, expiresAt: new Date(expiration) };
}

function sign(encoded: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(encoded).digest();
}
