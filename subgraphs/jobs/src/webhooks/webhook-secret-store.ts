import type { Logger } from '@marquee/chassis/telemetry/log';
import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import type { SealedSecrets, StoredSecret, WebhookSecrets } from './webhook-secret.js';
import { unlessUnreadable } from './webhook-secret-box.js';

/** Endpoints that are read at a time. */
const pageSize = 100;

/** Reads and writes the encrypted secrets of the endpoints of all clients. */
export function webhookSecretStore(source: DataSource) {
  return {
    /** A page of endpoints with a secret that another key has encrypted, or that is not stored. */
    withOtherKey: (keyId: string, after: string): Promise<StoredSecret[]> =>
      queryRows(source, otherKeyStatement, [keyId, after, pageSize]),
    /** Changes nothing if the secret was rotated meanwhile. */
    async replace({ id, secret, secretVersion }: StoredSecret, replaced: SealedSecrets): Promise<void> {
      const values = [id, secret, secretVersion, replaced.secret, replaced.previousSecret];
      await source.query(replaceStatement, values);
    },
  };
}

/**
 * Encrypts every secret with the current key, and stores those that are still derived, so that previous keys are no longer
 * needed. Those that no key can read stay as they are: their clients have to rotate them.
 */
export async function resealSecrets(
  store: ReturnType<typeof webhookSecretStore>,
  secrets: WebhookSecrets,
  log: Logger,
): Promise<void> {
  let unreadable = 0;
  for (let after: string | undefined = firstId; after !== undefined;) {
    const page: StoredSecret[] = await store.withOtherKey(secrets.keyId, after);
    for (const endpoint of page) {
      const resealed = unlessUnreadable(() => secrets.resealed(endpoint));
      if (resealed) await store.replace(endpoint, resealed);
      else unreadable += 1;
    }
    after = page.at(-1)?.id;
  }
  if (unreadable > 0)
    log.error({ endpoints: unreadable }, 'secrets of webhooks were encrypted with a key that WEBHOOK_KEYS lacks');
}

/** Before every id. */
const firstId = '00000000-0000-0000-0000-000000000000';

const otherKeyStatement = `
  select id, secret, previous_secret as "previousSecret", secret_version as "secretVersion",
    secret_rotated_at as "secretRotatedAt"
  from webhook_endpoints
  where id > $2 and (secret is null or substring(secret from 1 for 4) <> decode($1, 'hex')
    or substring(previous_secret from 1 for 4) <> decode($1, 'hex'))
  order by id limit $3`;

const replaceStatement = `
  update webhook_endpoints set secret = $4, previous_secret = $5
  where id = $1 and secret is not distinct from $2 and secret_version = $3`;
