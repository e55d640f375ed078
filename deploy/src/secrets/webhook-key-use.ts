import { webhookKeyId } from '@marquee/jobs/webhooks/webhook-secret-box';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';
import { findCluster, runStatement } from './database-role.js';
import { readVersion, type SecretVersion } from './secret-values.js';

/** A key that encrypts the secrets of webhooks, as the secret contains it. */
export type WebhookKey = string;

/** The number of stored secrets of webhooks by their key. */
export interface WebhookKeyUse {
  /** Those that builds without `WEBHOOK_KEYS` have derived from the key of media ids: no key encrypts them. */
  derived: number;
  /** Those that a key has encrypted, current and previous ones. */
  encryptedWith(key: WebhookKey): number;
  /** Those that any key has encrypted, also one that is not known. */
  encrypted: number;
}

/** The keys of the service, the one that encrypts first, and when they were stored. Undefined without the secret. */
export async function readWebhookKeys(
  aws: Aws,
  environment: Environment,
): Promise<{ keys: WebhookKey[]; stored: SecretVersion } | undefined> {
  const stored = await readVersion(aws, namesOf(environment).secret('jobs/webhook-keys'));
  return stored && { keys: stored.value.split(','), stored };
}

export async function webhookKeyUse(aws: Aws, environment: Environment): Promise<WebhookKeyUse> {
  const cluster = await findCluster(aws, environment);
  const { records = [] } = await runStatement<Answer>(aws, cluster, useStatement);
  const counts = new Map(records.map(([id, count]) => [id.stringValue, count.longValue]));
  const derived = counts.get('') ?? 0;
  return {
    derived,
    encryptedWith: (key) => counts.get(webhookKeyId(Buffer.from(key, 'base64'))) ?? 0,
    encrypted: [...counts.values()].reduce((sum, count) => sum + count, 0) - derived,
  };
}

/** Rows as the RDS Data API returns them. */
interface Answer {
  records?: [id: { stringValue: string }, count: { longValue: number }][];
}

/** The first four bytes of an encrypted secret identify its key. */
const useStatement = `
  select coalesce(encode(substring(secret from 1 for 4), 'hex'), '') as key_id, count(*) from (
    select secret from jobs.webhook_endpoints
    union all select previous_secret from jobs.webhook_endpoints where previous_secret is not null
  ) as stored group by key_id`;
