import { randomBytes } from 'node:crypto';
import { webhookSecrets } from '../doctor/data-checks.js';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';
import { readVersion } from './secret-values.js';
import { requireTasksSince } from './task-age.js';

/**
 * Puts a new key before the one that encrypts the secrets of webhooks. The service encrypts them again when it starts, and
 * then no longer needs the previous key, which the next call removes.
 * @throws Error if the key that would be removed may still be needed: a task has not started since the last call, or the
 * secrets are encrypted with several keys
 */
export async function rotateWebhookKey(aws: Aws, environment: Environment): Promise<void> {
  const SecretId = namesOf(environment).secret('jobs/webhook-keys');
  const stored = await readVersion(aws, SecretId);
  if (!stored) throw new Error(`There is no secret ${SecretId}: deploy the data stack first.`);
  const [current = '', ...previous] = stored.value.split(',');
  if (previous.length > 0) {
    await requireTasksSince(aws, environment, ['jobs'], stored.createdAt);
    await requireOneKey(aws, environment);
  }
  const SecretString = `${randomBytes(48).toString('base64')},${current}`;
  await aws('secretsmanager', 'put-secret-value', { SecretId, SecretString });
}

/** A task of the previous build may have encrypted a secret after the new ones had started. They check this every hour. */
async function requireOneKey(aws: Aws, environment: Environment): Promise<void> {
  const finding = await webhookSecrets(aws, environment);
  if ('lack' in finding) throw new Error(`Not yet: ${finding.lack}. ${finding.remedy}`);
}
