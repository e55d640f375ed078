import type { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { namesOf, schemaNames } from '../../names.js';
import { perService, type PerService } from '../../per-service.js';
import type { EncryptedSecret } from '../../service/references.js';

export interface Secrets {
  /** The database URL of each service, with a role that can access only the service's schema. */
  databaseUrls: PerService<EncryptedSecret>;
  /** The key with which the gateway signs callers. */
  callerSigningKey: EncryptedSecret;
  /** The key that authenticates the owner in media ids: users signs them, jobs verifies them. */
  mediaIdKey: EncryptedSecret;
  /** The key that signs the links in emails. */
  mailLinkKey: EncryptedSecret;
  /** The keys that encrypt the secrets of webhooks: the one in use, and previous ones after a rotation. */
  webhookKeys: EncryptedSecret;
}

/** Creates secrets with random values. `npm run secrets` sets the real ones, except for keys that may be random. */
export function createSecrets(stack: Stack, environment: Environment, keys: PerService<IKey>): Secrets {
  const create = (what: string, key: IKey, description: string) =>
    createSecret(stack, environment, { what, key, description });
  new StringParameter(stack, 'CallerKeys', {
    parameterName: namesOf(environment).callerKeysParameter,
    description: 'Public keys that callers are signed with',
    stringValue: '{"keys":[]}',
  });
  return {
    databaseUrls: perService(schemaNames, (name) =>
      create(`${name}/database-url`, keys.get(name), `The database for the role of ${name}`),
    ),
    callerSigningKey: create(
      'gateway/caller-signing-key',
      keys.get('gateway'),
      'The private key that callers are signed with',
    ),
    mediaIdKey: create('users/media-id-key', keys.get('users'), 'The key that media ids prove their owner with'),
    mailLinkKey: create('users/mail-link-key', keys.get('users'), 'The key that signs the links in emails'),
    webhookKeys: create('jobs/webhook-keys', keys.get('jobs'), 'The keys that encrypt the secrets of webhooks'),
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
    // Read as base64, 64 letters and digits are 48 bytes.
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  acknowledge(secret, {
    'AwsSolutions-SMG4': 'Rotated by hand (see the README).',
  });
  return { secret, key };
}
