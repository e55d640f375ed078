import type { DataSource } from 'typeorm';
import { validate } from 'uuid';
import { queryRows } from '../../database/statements.js';

/** An upload that a process has started to work on. */
export interface UploadClaim {
  id: string;
  contentType: string;
  /** Including this one. */
  attempts: number;
}

/** An upload and its owner. */
export interface UploadOwner {
  id: string;
  ownerId: string;
}

/** The published file of an accepted upload. */
export interface ProcessedFile {
  bytes: number;
  width: number | null;
  height: number | null;
  hasThumbnail: boolean;
}

export type ProcessingStore = ReturnType<typeof processingStore>;

/** Tracks the processing of uploads. A final state is never changed by another process. */
export function processingStore(source: DataSource) {
  return { findOwner, ownersOf, claim, accept, isKept: isKeptIn(source), reject, deadLetter, countDeadLetters };

  /** The owner of a media id for which nothing has been uploaded yet; null for others. */
  async function findOwner(id: string): Promise<string | null> {
    const [pending] = await queryRows<UploadOwner>(source, pendingStatement, [id]);
    return pending?.ownerId ?? null;
  }

  /** The owners of uploads, without unknown ones. */
  async function ownersOf(ids: readonly string[]): Promise<UploadOwner[]> {
    return queryRows<UploadOwner>(source, ownersStatement, [ids.filter((id) => validate(id))]);
  }

  /** Starts an attempt and counts it; null if the upload is finished or unknown. */
  async function claim(id: string): Promise<UploadClaim | null> {
    if (!validate(id)) return null;
    const [claimed] = await queryRows<UploadClaim>(source, claimStatement, [id]);
    return claimed ?? null;
  }

  async function accept(id: string, { bytes, width, height, hasThumbnail }: ProcessedFile): Promise<void> {
    await source.query(acceptStatement, [id, bytes, width, height, hasThumbnail]);
  }

  async function reject(id: string, reason: string): Promise<void> {
    await source.query(rejectStatement, [id, reason]);
  }

  /** Rejects the upload and adds a dead letter. Returns false if another process has finished it in the meantime. */
  async function deadLetter({ id, attempts }: UploadClaim, reason: string, failure: string): Promise<boolean> {
    const added = await queryRows(source, deadLetterStatement, [id, reason, attempts, failure]);
    return added.length > 0;
  }

  async function countDeadLetters(): Promise<number> {
    const [letters] = await queryRows<{ count: number }>(source, countStatement);
    return letters?.count ?? 0;
  }
}

/** Whether an upload still exists, and the account of its owner is not deleted. */
function isKeptIn(source: DataSource): (id: string) => Promise<boolean> {
  return async (id) => (await queryRows(source, keptStatement, [id])).length > 0;
}

const pendingStatement = `select id, owner_id as "ownerId" from media where id = $1 and status = 'PENDING'`;

const keptStatement = `
  select media.id from media join users on users.id = media.owner_id where media.id = $1 and users.deleted_at is null`;

const ownersStatement = 'select id, owner_id as "ownerId" from media where id = any($1) order by id';

const claimStatement = `
  with claimed as (
    update media set status = 'PROCESSING', attempts = attempts + 1
    where id = $1 and status in ('PENDING', 'PROCESSING')
    returning id, content_type, attempts
  )
  select id, content_type as "contentType", attempts from claimed`;

const acceptStatement = `
  update media set status = 'READY', bytes = $2, width = $3, height = $4, has_thumbnail = $5
  where id = $1 and status = 'PROCESSING'`;

const rejectStatement = `
  update media set status = 'REJECTED', rejected_because = $2 where id = $1 and status = 'PROCESSING'`;

const deadLetterStatement = `
  with rejected as (
    update media set status = 'REJECTED', rejected_because = $2 where id = $1 and status = 'PROCESSING' returning id
  ), letter as (
    insert into media_dead_letters (media_id, attempts, failure) select id, $3::smallint, $4::text from rejected
  )
  select id from rejected`;

const countStatement = 'select count(*)::int as count from media_dead_letters';
