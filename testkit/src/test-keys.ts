import { exportJWK, generateKeyPair } from 'jose';
import { type CallerSigner, createCallerSigner } from '@marquee/chassis/identity/caller-signature';

/** A gateway's keys, made for one test file. */
export interface TestKeys {
  /** What `CALLER_KEYS` holds in a subgraph: the public keys as a JSON Web Key Set. */
  publicKeys: string;
  /** What `CALLER_SIGNING_KEY` holds in the gateway: the private JSON Web Key. */
  privateKey: string;
  signer: CallerSigner;
}

let keys: Promise<TestKeys> | undefined;

/** The keys of this process; made once. */
export function testKeys(): Promise<TestKeys> {
  keys ??= freshKeys();
  return keys;
}

/** Keys that nobody else has. */
export async function freshKeys(kid = 'test'): Promise<TestKeys> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const privateKey = { ...(await exportJWK(pair.privateKey)), kid, alg: 'EdDSA' };
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA' };
  return {
    publicKeys: JSON.stringify({ keys: [publicKey] }),
    privateKey: JSON.stringify(privateKey),
    signer: await createCallerSigner(privateKey),
  };
}
