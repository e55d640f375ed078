import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { type Connection, type PageArgs, pageSize, toConnection } from '@marquee/chassis/paging/relay-connection';
import { z } from 'zod';
import type { IdPage, MatchPage } from './id-page.js';

const idKeyset = z.tuple([z.uuid()]);
const matchKeyset = z.tuple([z.int().min(0).max(10_000), z.uuid()]);

/** @throws BAD_USER_INPUT if the page size is out of range or the cursor is not from a list that is sorted by id */
export function parseIdPage({ first, after }: PageArgs): IdPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, idKeyset)[0] : null };
}

export function toIdConnection<Node extends { id: string }>(rows: readonly Node[], page: IdPage): Connection<Node> {
  return toConnection(rows, page, ({ id }) => [id]);
}

/** @throws BAD_USER_INPUT if the page size is out of range or the cursor is not from a list of matches */
export function parseMatchPage({ first, after }: PageArgs): MatchPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, matchKeyset) : null };
}
