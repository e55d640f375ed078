import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** The secrets that an instance generates at its first start. */
export interface Secrets {
  /** The private Ed25519 key with which the gateway signs callers. */
  callerKey: JWK;
  /** The private RSA key with which the issuer signs tokens. */
  issuerKey: JWK;
  /** The key from which passwords are derived. */
  root: string;
}

/** Reads the secrets of an instance, or creates them. Only the owner can read the file. */
export async function openSecrets(path: string): Promise<Secrets> {
  const existing = await readSecrets(path);
  if (existing) return existing;
  const secrets: Secrets = {
    callerKey: await privateKey('EdDSA', 'local-caller'),
    issuerKey: await privateKey('RS256', 'local-issuer'),
    root: randomBytes(32).toString('base64url'),
  };
  await writeFile(`${path}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return secrets;
}

/** Reads the secrets of an instance; undefined if it has never run. */
export async function readSecrets(path: string): Promise<Secrets | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Secrets;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure;
  }
}

/** Derives the password for a purpose. The same instance always derives the same one. */
export function password({ root }: Secrets, purpose: string): string {
  return createHmac('sha256', root).update(purpose).digest('base64url');
}

/** The key that authenticates the owner in media ids, in base64. */
export function mediaIdKey(secrets: Secrets): string {
  return Buffer.from(password(secrets, 'media ids'), 'base64url').toString('base64');
}

/** The key that signs the links in emails, in base64. */
export function mailLinkKey(secrets: Secrets): string {
  return Buffer.from(password(secrets, 'links in emails'), 'base64url').toString('base64');
}

/** The key that encrypts the secrets of webhooks, in base64. */
export function webhookKey(secrets: Secrets): string {
  return Buffer.from(password(secrets, 'secrets of webhooks'), 'base64url').toString('base64');
}

/** The public keys with which subgraphs verify callers, as a JSON Web Key Set. */
export function callerKeys({ callerKey: { kty, crv, x, kid, alg } }: Secrets): string {
  return JSON.stringify({ keys: [{ kty, crv, x, kid, alg }] });
}

async function privateKey(alg: 'EdDSA' | 'RS256', kid: string): Promise<JWK> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(pair.privateKey)), kid, alg };
}
