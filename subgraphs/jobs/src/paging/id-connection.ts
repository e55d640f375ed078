import { toConnection, pageSize, type Connection, type PageArgs } from '@marquee/chassis/paging/relay-connection';
import { decodeCursor } from '@marquee/chassis/paging/keyset-cursor';
import { z } from 'zod';
import type { IdPage } from './id-page.js';

const keyset = z.tuple([z.uuid()]);

/** @throws BAD_USER_INPUT if the page size is out of range or the cursor is not from a list that is sorted by id */
export function parseIdPage({ first, after }: PageArgs): IdPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, keyset)[0] : null };
}

export function toIdConnection<Node extends { id: string }>(rows: readonly Node[], page: IdPage): Connection<Node> {
  return toConnection(rows, page, ({ id }) => [id]);
}
