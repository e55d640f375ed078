import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import type { Environment } from '../environments.js';
import { namesOf, subgraphNames } from '../names.js';
import type { Aws } from './aws.js';
import { readVersion, type SecretStage } from './secret-values.js';
import { requireTasksSince } from './task-age.js';

/** A key pair: the gateway signs callers with one half, subgraphs verify them with the other. */
export interface CallerKey {
  signing: JsonWebKey;
  verification: JsonWebKey;
}

/** A key with its id. */
type IdentifiedKey = JsonWebKey & { kid: string };

/** Creates the first key pair of an environment. */
export async function createCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const { signing, verification } = generateCallerKey();
  await publishKeys(aws, environment, [verification, ...(await readPublishedKeys(aws, environment))]);
  await storeSigningKey(aws, environment, JSON.stringify(signing), 'AWSCURRENT');
}

/**
 * Creates the next key pair. Subgraphs accept it from their next start; `activateCallerKey` makes the gateway use it. Every
 * published key stays published, since gateways may sign with any of them until they are restarted.
 */
export async function stageCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const { signing, verification } = generateCallerKey();
  await publishKeys(aws, environment, [verification, ...(await readPublishedKeys(aws, environment))]);
  await storeSigningKey(aws, environment, JSON.stringify(signing), 'AWSPENDING');
}

/**
 * Makes the gateway sign with the staged key pair from its next start.
 * @throws Error if there is none, if it is not published, or if a task of a subgraph started before it was published and
 * would refuse it
 */
export async function activateCallerKey(aws: Aws, environment: Environment): Promise<void> {
  const staged = await readVersion(aws, secretId(environment), 'AWSPENDING');
  if (!staged) throw new Error('There is no next key. Run next-caller-key first.');
  const { kid } = JSON.parse(staged.value) as IdentifiedKey;
  // Two commands that change the published keys at the same time overwrite each other.
  if (!(await readPublishedKeys(aws, environment)).some((key) => key.kid === kid))
    throw new Error(`The next key ${kid} is not published. Run next-caller-key again.`);
  await requireTasksSince(aws, environment, subgraphNames, staged.createdAt);
  await storeSigningKey(aws, environment, staged.value, 'AWSCURRENT');
}

/**
 * Withdraws a published key, for example one that has leaked. Subgraphs refuse it from their next start.
 * @throws Error if the key is not published, or if the gateway signs with it or is about to
 */
export async function retireCallerKey(aws: Aws, environment: Environment, kid?: string): Promise<void> {
  const published = await readPublishedKeys(aws, environment);
  const kids = published.map((key) => key.kid);
  if (kid === undefined || !kids.includes(kid))
    throw new Error(`Name a published key: ${kids.join(', ')}. The newest is the first.`);
  for (const stage of ['AWSCURRENT', 'AWSPENDING'] as const)
    if ((await readSigningKey(aws, environment, stage))?.kid === kid)
      throw new Error(`${kid} is ${usage[stage]}. Run next-caller-key and take-caller-key with their restarts first.`);
  const current = await readVersion(aws, secretId(environment));
  if (current) await requireTasksSince(aws, environment, ['gateway'], current.createdAt);
  await publishKeys(
    aws,
    environment,
    published.filter((key) => key.kid !== kid),
  );
}

const usage = { AWSCURRENT: 'the key with which the gateway signs', AWSPENDING: 'the next key' } as const;

/** Generates an Ed25519 key pair as JSON Web Keys with the same key id. */
export function generateCallerKey(): CallerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const attributes = { kid: randomUUID(), alg: 'EdDSA', use: 'sig' };
  return {
    signing: { ...privateKey.export({ format: 'jwk' }), ...attributes },
    verification: { ...publicKey.export({ format: 'jwk' }), ...attributes },
  };
}

/** Reads a signing key. Undefined for a new secret, which contains a random text. */
export async function readSigningKey(
  aws: Aws,
  environment: Environment,
  stage: SecretStage,
): Promise<IdentifiedKey | undefined> {
  const version = await readVersion(aws, secretId(environment), stage);
  return version?.value.startsWith('{') ? (JSON.parse(version.value) as IdentifiedKey) : undefined;
}

/** Reads the keys that subgraphs accept from their next start, the newest first. */
export async function readPublishedKeys(aws: Aws, environment: Environment): Promise<IdentifiedKey[]> {
  const Name = namesOf(environment).callerKeysParameter;
  const { Parameter } = await aws<{ Parameter: { Value: string } }>('ssm', 'get-parameter', { Name });
  return (JSON.parse(Parameter.Value) as { keys: IdentifiedKey[] }).keys;
}

async function publishKeys(aws: Aws, environment: Environment, keys: JsonWebKey[]): Promise<void> {
  const Name = namesOf(environment).callerKeysParameter;
  await aws('ssm', 'put-parameter', { Name, Value: JSON.stringify({ keys }), Type: 'String', Overwrite: true });
}

async function storeSigningKey(
  aws: Aws,
  environment: Environment,
  SecretString: string,
  stage: SecretStage,
): Promise<void> {
  const SecretId = secretId(environment);
  await aws('secretsmanager', 'put-secret-value', { SecretId, SecretString, VersionStages: [stage] });
}

function secretId(environment: Environment): string {
  return namesOf(environment).secret('gateway/caller-signing-key');
}
