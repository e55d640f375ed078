import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** What a copy generates once and keeps to itself. */
export interface Secrets {
  /** The private Ed25519 key that the gateway signs callers with. */
  callerKey: JWK;
  /** The private RSA key that the issuer signs tokens with. */
  issuerKey: JWK;
  /** What passwords are derived from. */
  root: string;
}

/** Reads the secrets of a copy, or makes them. Only the owner may read the file. */
export async function openSecrets(path: string): Promise<Secrets> {
  const known = await readSecrets(path);
  if (known) return known;
  const secrets: Secrets = {
    callerKey: await privateKey('EdDSA', 'local-caller'),
    issuerKey: await privateKey('RS256', 'local-issuer'),
    root: randomBytes(32).toString('base64url'),
  };
  await writeFile(`${path}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return secrets;
}

/** The secrets of a copy that has run before. */
export async function readSecrets(path: string): Promise<Secrets | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Secrets;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure;
  }
}

/** A password of this copy; each purpose has its own, and it is always the same. */
export function password({ root }: Secrets, purpose: string): string {
  return createHmac('sha256', root).update(purpose).digest('base64url');
}

/** The key that media ids prove their owner with, in base64. */
export function mediaIdKey(secrets: Secrets): string {
  return Buffer.from(password(secrets, 'media ids'), 'base64url').toString('base64');
}

/** The public half of the caller key, as the subgraphs check with. */
export function callerKeys({ callerKey: { kty, crv, x, kid, alg } }: Secrets): string {
  return JSON.stringify({ keys: [{ kty, crv, x, kid, alg }] });
}

async function privateKey(alg: 'EdDSA' | 'RS256', kid: string): Promise<JWK> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(pair.privateKey)), kid, alg };
}
