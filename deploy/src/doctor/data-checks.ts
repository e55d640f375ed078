import type { Finding } from '@marquee/local/doctor/examination';
import { taxonomyFinding } from '@marquee/local/doctor/graph-checks';
import type { Environment } from '../environments.js';
import type { Aws } from '../secrets/aws.js';
import { findCluster, runStatement } from '../secrets/database-role.js';
import { readWebhookKeys, webhookKeyUse } from '../secrets/webhook-key-use.js';

/** A value of a row, as the RDS Data API returns it. */
type Field = { stringValue?: string; longValue?: number };

/** Whether a user can grant roles. */
export async function administrator(aws: Aws, environment: Environment): Promise<Finding> {
  const sql = `select count(*) from users.users where role = 'ADMIN' and is_active`;
  const [row] = await rows(aws, environment, sql);
  const count = row?.[0]?.longValue ?? 0;
  if (count > 0) return { found: `${count} active` };
  const remedy = 'Sign in, then promote your user: the step "Promote the first ADMIN" of deploy/README.md.';
  return { lack: 'no active user has the role ADMIN', remedy };
}

/** Whether the data of deleted accounts were erased everywhere, a minute after the deletion. */
export async function erasures(aws: Aws, environment: Environment): Promise<Finding> {
  const sql =
    "select count(*) from users.erasures where completed_at is null and requested_at < now() - interval '60 seconds'";
  const [row] = await rows(aws, environment, sql);
  const overdue = row?.[0]?.longValue ?? 0;
  if (overdue === 0) return { found: 'none is overdue' };
  const remedy = 'The section "erasures-overdue" of the runbook.';
  return { lack: `data of ${overdue} deleted accounts are not erased everywhere`, remedy };
}

/** Whether all secrets of webhooks are encrypted with the current key, so that no other key is needed. */
export async function webhookSecrets(aws: Aws, environment: Environment): Promise<Finding> {
  const { derived, encrypted, encryptedWith } = await webhookKeyUse(aws, environment);
  const [current = ''] = (await readWebhookKeys(aws, environment))?.keys ?? [];
  const others = encrypted - encryptedWith(current);
  const remedy = 'Replace the tasks of jobs: see "Rotating secrets" in deploy/README.md.';
  if (derived > 0)
    return { lack: `${derived} secrets of webhooks are not stored, but derived from the key of media ids`, remedy };
  if (others > 0)
    return { lack: `${others} secrets of webhooks are encrypted with another key than the current one`, remedy };
  return { found: encrypted === 0 ? 'there are none' : `all ${encrypted} are encrypted with the current key` };
}

/** Whether a job can be drafted and a profile submitted. */
export async function taxonomy(aws: Aws, environment: Environment): Promise<Finding> {
  const sql = 'select category, count(*) from jobs.taxonomy_terms where is_active group by category';
  const found = await rows(aws, environment, sql);
  const active = new Map(found.map(([category, count]) => [category?.stringValue ?? '', count?.longValue ?? 0]));
  const remedy =
    'Migrations add terms: see that the service jobs has started. An ADMIN activates terms with saveTaxonomyTerm.';
  return taxonomyFinding(active, remedy);
}

/** Reads as the administrator of the database, a member of the role of each service. */
async function rows(aws: Aws, environment: Environment, sql: string): Promise<Field[][]> {
  const answer = await runStatement<{ records?: Field[][] }>(aws, await findCluster(aws, environment), sql);
  return answer.records ?? [];
}
