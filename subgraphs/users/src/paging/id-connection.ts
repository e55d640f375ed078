import { toConnection, pageSize, type Connection, type PageArgs } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import type { IdPage, MatchPage } from './id-page.js';

const idKeyset = z.tuple([z.uuid()]);
const matchKeyset = z.tuple([z.int().min(0).max(10_000), z.uuid()]);

/** @throws BAD_USER_INPUT when the size or the cursor is not one of a list by id */
export function idPage({ first, after }: PageArgs): IdPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, idKeyset)[0] : null };
}

export function idConnection<Node extends { id: string }>(rows: readonly Node[], { limit }: IdPage): Connection<Node> {
  return toConnection(rows, limit - 1, ({ id }) => [id]);
}

/** @throws BAD_USER_INPUT when the size or the cursor is not one of a list of matches */
export function matchPage({ first, after }: PageArgs): MatchPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, matchKeyset) : null };
}
