import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';

/** A pair as the gateway signs with and as subgraphs check with. */
export interface CallerKey {
  signing: JsonWebKey;
  verification: JsonWebKey;
}

/** Makes a first pair. */
export async function createCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const { signing, verification } = generateCallerKey();
  await publishKeys(aws, environment, [verification]);
  await storeSigningKey(aws, environment, JSON.stringify(signing), 'AWSCURRENT');
}

/** Makes another pair, which subgraphs know from their next start on, and which waits for `takeCallerKey`. */
export async function stageCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const { signing, verification } = generateCallerKey();
  const Name = namesOf(environment).callerKeysParameter;
  const { Parameter } = await aws<{ Parameter: { Value: string } }>('ssm', 'get-parameter', { Name });
  const { keys } = JSON.parse(Parameter.Value) as { keys: JsonWebKey[] };
  await publishKeys(aws, environment, [verification, ...keys.slice(0, 1)]);
  await storeSigningKey(aws, environment, JSON.stringify(signing), 'AWSPENDING');
}

/** From its next start on the gateway signs with the pair that waits. */
export async function activateCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const SecretId = secretId(environment);
  const pending = { SecretId, VersionStage: 'AWSPENDING' };
  const { SecretString } = await aws<{ SecretString: string }>('secretsmanager', 'get-secret-value', pending);
  await storeSigningKey(aws, environment, SecretString, 'AWSCURRENT');
}

/** Ed25519, as JSON Web Keys with one id. */
export function generateCallerKey(): CallerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const named = { kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
  return {
    signing: { ...privateKey.export({ format: 'jwk' }), ...named },
    verification: { ...publicKey.export({ format: 'jwk' }), ...named },
  };
}

async function publishKeys(aws: Aws, environment: Environment, keys: JsonWebKey[]): Promise<void> {
  const Name = namesOf(environment).callerKeysParameter;
  await aws('ssm', 'put-parameter', { Name, Value: JSON.stringify({ keys }), Type: 'String', Overwrite: true });
}

async function storeSigningKey(aws: Aws, environment: Environment, SecretString: string, stage: string): Promise<void> {
  const SecretId = secretId(environment);
  await aws('secretsmanager', 'put-secret-value', { SecretId, SecretString, VersionStages: [stage] });
}

function secretId(environment: Environment): string {
  return namesOf(environment).secret('gateway/caller-signing-key');
}
