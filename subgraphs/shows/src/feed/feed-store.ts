import type { DynamoChangeLog } from '@marquee/chassis/dynamodb/dynamo-change-log';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ShowRow } from '../shows/show-row.js';
import { getCurrentShows } from '../shows/show-store.js';
import { showStream } from '../topics.js';

/** A part of the change log. */
export interface ShowChanges {
  /** In their order. Each show is in its current state; null if it does not exist. */
  changes: { sequence: number; slug: string; show: ShowRow | null }[];
  /** The sequence of the latest change. */
  last: number;
}

/** Reads the first changes after a sequence. @param after null for none, only the latest sequence */
export async function readChanges(
  dynamo: Dynamo,
  log: DynamoChangeLog,
  after: number | null,
  limit: number,
): Promise<ShowChanges> {
  const { last, changes } = await log.read(showStream, after ?? 0, after === null ? 0 : limit);
  const slugs = [...new Set(changes.map(({ subject }) => subject))];
  const shows = new Map((await getCurrentShows(dynamo, slugs)).map((show) => [show.slug, show]));
  return {
    last,
    changes: changes.map(({ sequence, subject: slug }) => ({ sequence, slug, show: shows.get(slug) ?? null })),
  };
}
