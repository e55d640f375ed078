import type { DataSource, EntityManager } from 'typeorm';
import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';
import { startSweeper } from '../timing/sweeper.js';
import { quotaCharge, quotaExceeded, type QuotaTable } from './quota.js';

/** Counts the actions of users in the table `action_quotas` of the service's schema. */
export interface Quotas<Action extends string> {
  /**
   * Counts uses of an action. Atomic over all replicas.
   *
   * @param uses 0 counts nothing
   * @param manager the transaction of the action, so that the uses count only if it succeeds
   * @throws RATE_LIMITED with `retryAfterSeconds` if there are fewer left; then it counts none
   */
  take(userId: string, action: Action, uses?: number, manager?: EntityManager): Promise<void>;
}

/** @param factor multiplies every limit; 0 for no limit */
export function postgresQuotas<Action extends string>(
  source: DataSource,
  quotas: QuotaTable<Action>,
  factor: number,
): Quotas<Action> {
  return {
    async take(userId, action, uses = 1, manager = source.manager) {
      if (uses === 0 || factor === 0) return;
      const { costMs, periodMs } = quotaCharge(quotas[action], factor, uses);
      const values = [userId, action, costMs, periodMs];
      const taken = costMs <= periodMs + 1 ? await manager.query<unknown[]>(takeStatement, values) : [];
      if (taken.length > 0) return;
      const [row] = await manager.query<{ wait: number }[]>(waitStatement, values);
      throw quotaExceeded(quotas[action], factor, row?.wait ?? periodMs);
    },
  };
}

/** No row is returned if the condition fails: then nothing changes. Sums of fractions must not refuse the last use. */
const takeStatement = `
  insert into action_quotas as quota (user_id, action, used_until)
  values ($1, $2, now() + cast($3 as float8) * interval '1 millisecond')
  on conflict (user_id, action) do update set used_until = greatest(quota.used_until, now()) + cast($3 as float8) * interval '1 millisecond'
  where greatest(quota.used_until, now()) + cast($3 as float8) * interval '1 millisecond' <= now() + (cast($4 as float8) + 1) * interval '1 millisecond'
  returning 1`;

/** From the time of the statement, since uses that were counted may have begun after this transaction did. */
const waitStatement = `
  select cast(extract(epoch from used_until - clock_timestamp()) * 1000 as float8) + cast($3 as float8) - cast($4 as float8) as wait
  from action_quotas where user_id = $1 and action = $2`;

/** Removes quotas that are full again, now and every hour. */
export function startQuotaSweeper(source: DataSource, log: Logger): Closable {
  const sweep = async () => void (await source.query('delete from action_quotas where used_until < now()'));
  return startSweeper(sweep, { log, subject: 'full quotas' });
}
