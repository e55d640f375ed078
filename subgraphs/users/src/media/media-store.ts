import { rateLimited } from '@marquee/chassis/errors/errors';
import type { Quotas } from '@marquee/chassis/quotas/postgres-quotas';
import { type EntityManager, In, type DataSource } from 'typeorm';
import { validate } from 'uuid';
import { accountClosed } from '../accounts/account-rules.js';
import { Media, MediaStatus } from './media-model.js';
import { queryRows } from '../database/statements.js';
import { maxOpenUploads, type UserAction } from '../quotas.js';
import type { Upload } from './media-rules.js';

export type MediaStore = ReturnType<typeof mediaStore>;

/** Reads and writes the rows of uploaded files. Their processing is in `processing/processing-store.ts`. */
export function mediaStore(source: DataSource, quotas: Quotas<UserAction>, quotaFactor: number) {
  return { byIds, uploadsOf, add, remove };

  async function byIds(ids: readonly string[]): Promise<Media[]> {
    const valid = ids.filter((id) => validate(id));
    return valid.length === 0 ? [] : source.getRepository(Media).findBy({ id: In(valid) });
  }

  /** Everything that a user has uploaded, in any status. */
  async function uploadsOf(ownerId: string): Promise<Media[]> {
    return source.getRepository(Media).findBy({ ownerId });
  }

  /**
   * @param ticketSeconds seconds for which the upload is permitted
   * @throws UNAUTHENTICATED if the account of the owner is closed, RATE_LIMITED if the owner has too many uploads that are
   * open, or no quota for another one
   */
  async function add(id: string, ownerId: string, upload: Upload, ticketSeconds: number): Promise<Media> {
    const media = { ...pending, ...upload, id, ownerId };
    await source.transaction(async (manager) => {
      const owner = await queryRows(manager, ownerStatement, [ownerId]);
      if (owner.length === 0) throw accountClosed();
      // The row of the quota is locked until the end, so that concurrent uploads of one owner are counted one by one.
      await quotas.take(ownerId, 'upload', 1, manager);
      await assertFewOpen(manager, { ownerId, ticketSeconds, quotaFactor });
      await manager.insert(Media, media);
    });
    return Object.assign(new Media(), media);
  }

  async function remove(ids: readonly string[]): Promise<void> {
    await source.getRepository(Media).delete({ id: In(ids) });
  }
}

/** A deletion of the account waits for the upload, and removes it. */
const ownerStatement = 'select id from users where id = $1 and is_active for key share';

interface OpenUploads {
  ownerId: string;
  ticketSeconds: number;
  quotaFactor: number;
}

async function assertFewOpen(
  manager: EntityManager,
  { ownerId, ticketSeconds, quotaFactor }: OpenUploads,
): Promise<void> {
  if (quotaFactor === 0) return;
  const limit = Math.max(1, Math.floor(maxOpenUploads * quotaFactor));
  const values = [ownerId, ticketSeconds];
  const [open] = await queryRows<{ count: number; wait: number | null }>(manager, openStatement, values);
  if (open === undefined || open.count < limit) return;
  const wait = Math.max(1, Math.ceil(open.wait ?? 1));
  throw rateLimited(`Limit reached: ${limit} open uploads. Upload their files, or try again in ${wait} s.`, wait);
}

/**
 * Permitted uploads that were not used in time are not open any more. The time of the statement, since concurrent uploads
 * may have begun after this transaction did.
 */
const openStatement = `
  select cast(count(*) as integer) as count,
    cast(extract(epoch from min(created_at) - clock_timestamp()) as float8) + cast($2 as float8) as wait
  from media where owner_id = $1
    and (status = 'PROCESSING' or (status = 'PENDING' and (queued_at is not null or created_at > now() - make_interval(secs => $2))))`;

const pending = {
  status: MediaStatus.PENDING,
  width: null,
  height: null,
  rejectedBecause: null,
  hasThumbnail: false,
  attempts: 0,
};
