import { randomBytes } from 'node:crypto';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';
import { requireTasksSince } from './task-age.js';
import { readWebhookKeys, type WebhookKey, webhookKeyUse } from './webhook-key-use.js';

/**
 * Puts a new key before the one that encrypts the secrets of webhooks. The service encrypts them again when it starts, and
 * then no longer needs the previous key, which the next call removes.
 * @throws Error if the key that would be removed may still be needed: a task has not started since the last call, or a
 * stored secret is encrypted with it
 */
export async function rotateWebhookKey(aws: Aws, environment: Environment): Promise<void> {
  const SecretId = namesOf(environment).secret('jobs/webhook-keys');
  const found = await readWebhookKeys(aws, environment);
  if (!found) throw new Error(`There is no secret ${SecretId}: deploy the data stack first.`);
  const [current = '', ...previous] = found.keys;
  if (previous.length > 0) {
    await requireTasksSince(aws, environment, ['jobs'], found.stored.createdAt);
    await requireUnused(aws, environment, previous);
  }
  const SecretString = `${randomBytes(48).toString('base64')},${current}`;
  await aws('secretsmanager', 'put-secret-value', { SecretId, SecretString });
}

/** A task of the previous build may have encrypted a secret after the new ones had started. They check this every hour. */
async function requireUnused(aws: Aws, environment: Environment, keys: readonly WebhookKey[]): Promise<void> {
  const use = await webhookKeyUse(aws, environment);
  const secrets = keys.reduce((sum, key) => sum + use.encryptedWith(key), 0);
  if (secrets === 0) return;
  throw new Error(
    `Not yet: ${secrets} secrets of webhooks are encrypted with the key that would be removed. ` +
      'Jobs encrypts them again within an hour; replace its tasks to do it at once.',
  );
}
