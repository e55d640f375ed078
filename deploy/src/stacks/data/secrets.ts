import type { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { namesOf, type SchemaName, schemaNames, type ServiceName } from '../../names.js';
import type { EncryptedSecret } from '../../service/references.js';

export interface Secrets {
  /** The address of the database with a role that reaches one schema. */
  databaseUrls: Readonly<Record<SchemaName, EncryptedSecret>>;
  /** What the gateway signs callers with. */
  callerSigningKey: EncryptedSecret;
  /** What media ids prove their owner with: the users service makes them, jobs checks them. */
  mediaIdKey: EncryptedSecret;
}

/** Secrets without their values: `npm run secrets` makes those, except for the one that any random text will do for. */
export function createSecrets(
  stack: Stack,
  environment: Environment,
  keys: Readonly<Record<ServiceName, IKey>>,
): Secrets {
  const open = (what: string, key: IKey, description: string) =>
    createSecret(stack, environment, { what, key, description });
  new StringParameter(stack, 'CallerKeys', {
    parameterName: namesOf(environment).callerKeysParameter,
    description: 'Public keys that callers are signed with',
    stringValue: '{"keys":[]}',
  });
  const databaseUrls = schemaNames.map((name) => [
    name,
    open(`${name}/database-url`, keys[name], `The database for the role of ${name}`),
  ]);
  return {
    databaseUrls: Object.fromEntries(databaseUrls) as Record<SchemaName, EncryptedSecret>,
    callerSigningKey: open('gateway/caller-signing-key', keys.gateway, 'The private key that callers are signed with'),
    mediaIdKey: open('users/media-id-key', keys.users, 'The key that media ids prove their owner with'),
  };
}

interface SecretPlan {
  what: string;
  key: IKey;
  description: string;
}

function createSecret(stack: Stack, environment: Environment, { what, key, description }: SecretPlan): EncryptedSecret {
  const secret = new Secret(stack, `Secret-${what.replace('/', '-')}`, {
    secretName: namesOf(environment).secret(what),
    description,
    encryptionKey: key,
    // 64 letters and digits are base64 of 48 bytes.
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  acknowledge(secret, {
    'AwsSolutions-SMG4': 'Renewed by hand, as the runbook says: services read it when they start.',
  });
  return { secret, key };
}
