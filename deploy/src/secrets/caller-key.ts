import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';

/** A key pair: the gateway signs callers with one half, subgraphs verify them with the other. */
export interface CallerKey {
  signing: JsonWebKey;
  verification: JsonWebKey;
}

/** Creates the first key pair of an environment. */
export async function createCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const { signing, verification } = generateCallerKey();
  await publishKeys(aws, environment, [verification]);
  await storeSigningKey(aws, environment, JSON.stringify(signing), 'AWSCURRENT');
}

/** Creates the next key pair. Subgraphs accept it from their next start; `activateCallerKey` makes the gateway use it. */
export async function stageCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const { signing, verification } = generateCallerKey();
  const Name = namesOf(environment).callerKeysParameter;
  const { Parameter } = await aws<{ Parameter: { Value: string } }>('ssm', 'get-parameter', { Name });
  const { keys } = JSON.parse(Parameter.Value) as { keys: JsonWebKey[] };
  await publishKeys(aws, environment, [verification, ...keys.slice(0, 1)]);
  await storeSigningKey(aws, environment, JSON.stringify(signing), 'AWSPENDING');
}

/** Makes the gateway sign with the staged key pair from its next start. */
export async function activateCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const SecretId = secretId(environment);
  const pending = { SecretId, VersionStage: 'AWSPENDING' };
  const { SecretString } = await aws<{ SecretString: string }>('secretsmanager', 'get-secret-value', pending);
  await storeSigningKey(aws, environment, SecretString, 'AWSCURRENT');
}

/** Generates an Ed25519 key pair as JSON Web Keys with the same key id. */
export function generateCallerKey(): CallerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const attributes = { kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
  return {
    signing: { ...privateKey.export({ format: 'jwk' }), ...attributes },
    verification: { ...publicKey.export({ format: 'jwk' }), ...attributes },
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
