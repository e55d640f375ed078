import type { DataSource } from 'typeorm';
import { validate } from 'uuid';
import { queryRows } from '../../database/statements.js';

/**
 * Shares the instances of the function fairly: each owner has a few uploads in processing at a time, and the others wait
 * in the database. An instance that has finished an upload takes the next one of the same owner.
 */
export interface UploadTurns {
  /**
   * Queues an upload, unless it is finished, and takes one of its owner: this one, or else the one that waits longest.
   * Called again after each upload that was taken.
   */
  take(id: string): Promise<Turn>;
  /** Lets an upload that was taken and not finished wait again. */
  giveBack(id: string): Promise<void>;
}

/**
 * - `taken`: the upload to process
 * - `waiting`: as many of the owner are in processing as may be; an instance that finishes one of them takes it
 * - `finished`: none of the owner waits, or the upload is unknown
 */
export type Turn = { kind: 'taken'; id: string } | { kind: 'waiting' | 'finished' };

/** Uploads of one owner in processing: of the ten instances, one owner may occupy three. */
const maxPerOwner = 3;

/** Longer than an instance runs: processing that began earlier has ended without a result. */
const staleMinutes = 20;

export function uploadTurns(source: DataSource): UploadTurns {
  return {
    async take(id) {
      if (!validate(id)) return finished;
      return source.transaction(async (manager): Promise<Turn> => {
        const [media] = await queryRows<{ ownerId: string }>(manager, ownerStatement, [id]);
        if (!media) return finished;
        // Otherwise the last upload of an owner may end while the next one begins to wait for it.
        await manager.query(lockStatement, [media.ownerId]);
        const queued = await queryRows(manager, queueStatement, [id]);
        const values = [id, media.ownerId, maxPerOwner, staleMinutes];
        const [taken] = await queryRows<{ id: string }>(manager, takeStatement, values);
        if (taken) return { kind: 'taken', id: taken.id };
        return queued.length > 0 ? { kind: 'waiting' } : finished;
      });
    },
    async giveBack(id) {
      await source.query(giveBackStatement, [id]);
    },
  };
}

const finished: Turn = { kind: 'finished' };

const ownerStatement = 'select owner_id as "ownerId" from media where id = $1';

const lockStatement = `select pg_advisory_xact_lock(hashtextextended('uploads of ' || $1, 0))`;

const queueStatement = `
  with queued as (
    update media set queued_at = coalesce(queued_at, now()) where id = $1 and status in ('PENDING', 'PROCESSING')
    returning id
  )
  select id from queued`;

/** An upload in processing is taken again if its event is repeated, and if its instance has ended. */
const takeStatement = `
  with own as (
    select id, status, queued_at, processing_since > now() - make_interval(mins => $4) as is_active from media
    where owner_id = $2 and status in ('PENDING', 'PROCESSING') and queued_at is not null
  ), chosen as (
    select id from own
    where (status = 'PENDING' or is_active is not true or id = $1)
      and (select count(*) from own where status = 'PROCESSING' and is_active and id <> $1) < $3
    order by id = $1 desc, queued_at, id limit 1
  ), taken as (
    update media set status = 'PROCESSING', processing_since = now() where id in (select id from chosen) returning id
  )
  select id from taken`;

const giveBackStatement = `
  update media set status = 'PENDING', processing_since = null where id = $1 and status = 'PROCESSING'`;
