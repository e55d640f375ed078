import type { DataSource } from 'typeorm';
import { validate } from 'uuid';
import { rows } from '../../database/statements.js';

/** An upload that somebody has begun to process. */
export interface UploadClaim {
  id: string;
  contentType: string;
  /** This one included. */
  attempts: number;
}

/** What an upload turned out to be. */
export interface ProcessedFile {
  bytes: number;
  width: number | null;
  height: number | null;
  hasThumbnail: boolean;
}

export type ProcessingStore = ReturnType<typeof processingStore>;

/** Knows how far uploads are. What is finished stays as it is, whoever else was at it. */
export function processingStore(source: DataSource) {
  return { isPending, claim, accept, reject, deadLetter, countDeadLetters };

  /** Whether nothing was uploaded for it yet. */
  async function isPending(id: string): Promise<boolean> {
    const awaited = await rows(source, awaitedStatement, [id]);
    return awaited.length > 0;
  }

  /** Counts an attempt and shows that somebody is at work; null when it is finished, or was never asked for. */
  async function claim(id: string): Promise<UploadClaim | null> {
    if (!validate(id)) return null;
    const [claimed] = await rows<UploadClaim>(source, claimStatement, [id]);
    return claimed ?? null;
  }

  async function accept(id: string, { bytes, width, height, hasThumbnail }: ProcessedFile): Promise<void> {
    await source.query(acceptStatement, [id, bytes, width, height, hasThumbnail]);
  }

  async function reject(id: string, because: string): Promise<void> {
    await source.query(rejectStatement, [id, because]);
  }

  /** Rejects it and leaves a dead letter for people to look at; false when somebody else has finished it meanwhile. */
  async function deadLetter({ id, attempts }: UploadClaim, because: string, failure: string): Promise<boolean> {
    const buried = await rows(source, deadLetterStatement, [id, because, attempts, failure]);
    return buried.length > 0;
  }

  async function countDeadLetters(): Promise<number> {
    const [letters] = await rows<{ count: number }>(source, deadLettersStatement, []);
    return letters?.count ?? 0;
  }
}

const awaitedStatement = `select id from media where id = $1 and status = 'PENDING'`;

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
  with buried as (
    update media set status = 'REJECTED', rejected_because = $2 where id = $1 and status = 'PROCESSING' returning id
  ), letter as (
    insert into media_dead_letters (media_id, attempts, failure) select id, $3::smallint, $4::text from buried
  )
  select id from buried`;

const deadLettersStatement = 'select count(*)::int as count from media_dead_letters';
