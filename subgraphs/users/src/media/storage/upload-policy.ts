import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/**
 * POST policies in the manner of S3, for a storage that is not S3: a document says until when and with which fields a
 * form is accepted, its signature proves that it was written here, and nothing has to be remembered meanwhile.
 */
export interface UploadPolicy {
  key: string;
  contentType: string;
  /** The largest file, in bytes. */
  bytes: number;
  expiresAt: Date;
}

/** Why a form is refused, in the words of S3 where it has some. */
export class UploadFormError extends Error {
  constructor(
    readonly status: 400 | 403 | 409,
    readonly code: 'AccessDenied' | 'EntityTooLarge' | 'EntityTooSmall' | 'MalformedPOSTRequest' | 'AlreadyUploaded',
    message: string,
  ) {
    super(message);
    this.name = 'FormRefusal';
  }
}

/** The fields of a form that is accepted by the policy. */
export function signedFields(policy: UploadPolicy, secret: Buffer): Record<string, string> {
  const encoded = Buffer.from(JSON.stringify(documentOf(policy))).toString('base64');
  return {
    key: policy.key,
    'Content-Type': policy.contentType,
    Policy: encoded,
    'X-Marquee-Signature': signatureOf(encoded, secret).toString('hex'),
  };
}

/**
 * The policy of a form, if it is signed, in time, and the form says what it says, no more and no less.
 * @throws FormRefusal otherwise
 */
export function verifyPolicy(fields: ReadonlyMap<string, string>, secret: Buffer, now = new Date()): UploadPolicy {
  const encoded = fields.get('Policy') ?? '';
  const given = Buffer.from(fields.get('X-Marquee-Signature') ?? '', 'hex');
  const right = signatureOf(encoded, secret);
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new UploadFormError(403, 'AccessDenied', 'The signature does not fit the policy.');
  const policy = parsed(encoded);
  if (policy.expiresAt <= now)
    throw new UploadFormError(403, 'AccessDenied', 'The policy has expired: ask for a new one.');
  const expected = new Map(Object.entries(signedFields(policy, secret)));
  for (const [name, value] of fields)
    if (expected.get(name) !== value)
      throw new UploadFormError(403, 'AccessDenied', `The field "${name.slice(0, 100)}" is not what the policy says.`);
  for (const name of expected.keys())
    if (!fields.has(name)) throw new UploadFormError(403, 'AccessDenied', `The field "${name}" is missing.`);
  return policy;
}

function documentOf({ key, contentType, bytes, expiresAt }: UploadPolicy): z.input<typeof document> {
  return {
    expiration: expiresAt.toISOString(),
    conditions: [{ key }, { 'Content-Type': contentType }, ['content-length-range', 1, bytes]],
  };
}

const document = z.object({
  expiration: z.iso.datetime(),
  conditions: z.tuple([
    z.object({ key: z.string() }),
    z.object({ 'Content-Type': z.string() }),
    z.tuple([z.literal('content-length-range'), z.literal(1), z.int()]),
  ]),
});

function parsed(encoded: string): UploadPolicy {
  const { expiration, conditions } = document.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  const [{ key }, { 'Content-Type': contentType }, [, , bytes]] = conditions;
  return { key, contentType, bytes, expiresAt: new Date(expiration) };
}

function signatureOf(encoded: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(encoded).digest();
}
