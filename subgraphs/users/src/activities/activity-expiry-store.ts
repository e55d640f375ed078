import type { DataSource } from 'typeorm';
import { queryRows } from '../database/statements.js';
import { maxUuid } from '../paging/id-page.js';

/** A position in the order in which activities expire. */
export interface ExpiryPosition {
  expiresAt: Date;
  id: string;
}

/** The activities that have expired after a position, in this order, and the position of the last one. */
export interface ExpiredActivities {
  ids: string[];
  position: ExpiryPosition;
}

export type ActivityExpiryStore = ReturnType<typeof activityExpiryStore>;

/** Activities of one read. */
const maxExpired = 1_000;

/** Reads which activities have expired. */
export function activityExpiryStore(source: DataSource) {
  return { after };

  /** @param position null for the present, after which no activity has expired yet */
  async function after(position: ExpiryPosition | null): Promise<ExpiredActivities> {
    if (position === null) return { ids: [], position: await present() };
    const values = [position.expiresAt, position.id, maxExpired];
    const expired = await queryRows<ExpiryPosition>(source, expiredStatement, values);
    return { ids: expired.map(({ id }) => id), position: expired.at(-1) ?? position };
  }

  /** By the clock of the database, which all replicas share. */
  async function present(): Promise<ExpiryPosition> {
    const [row] = await queryRows<{ now: Date }>(source, 'select cast(now() as timestamptz(3)) as now');
    return { expiresAt: row?.now ?? new Date(), id: maxUuid };
  }
}

const expiredStatement = `
  select id, expires_at as "expiresAt" from activities
  where deleted_at is null and (expires_at, id) > (cast($1 as timestamptz), cast($2 as uuid)) and expires_at <= now()
  order by expires_at, id limit $3`;
