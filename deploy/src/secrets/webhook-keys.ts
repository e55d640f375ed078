import { randomBytes } from 'node:crypto';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';
import { readVersion } from './secret-values.js';
import { requireTasksSince } from './task-age.js';

/**
 * Puts a new key before the one that encrypts the secrets of webhooks. The service encrypts them again when it starts, and
 * then needs the key before no longer: the next call removes that.
 * @throws Error if a task has not started since the last call, and may still need the key that would be removed
 */
export async function rotateWebhookKey(aws: Aws, environment: Environment): Promise<void> {
  const SecretId = namesOf(environment).secret('jobs/webhook-keys');
  const stored = await readVersion(aws, SecretId);
  if (!stored) throw new Error(`There is no secret ${SecretId}: deploy the data stack first.`);
  const [current = '', ...previous] = stored.value.split(',');
  if (previous.length > 0) await requireTasksSince(aws, environment, ['jobs'], stored.createdAt);
  const SecretString = `${randomBytes(48).toString('base64')},${current}`;
  await aws('secretsmanager', 'put-secret-value', { SecretId, SecretString });
}
