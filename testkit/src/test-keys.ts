import { exportJWK, generateKeyPair } from 'jose';
import { type CallerSigner, createCallerSigner } from '@marquee/chassis/identity/caller-signature';

/** The keys of a gateway, created for one test file. */
export interface TestKeys {
  /** `CALLER_KEYS` of a subgraph: the public keys as a JSON Web Key Set. */
  publicKeys: string;
  /** `CALLER_SIGNING_KEY` of the gateway: the private JSON Web Key. */
  privateKey: string;
  signer: CallerSigner;
}

let keys: Promise<TestKeys> | undefined;

/** The keys of this process, created once. */
export function testKeys(): Promise<TestKeys> {
  keys ??= freshKeys();
  return keys;
}

/** Creates new keys. */
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
