import { connection, pageSize, type Connection, type PageArgs } from '@marquee/chassis/paging/connection';
import { decodeCursor } from '@marquee/chassis/paging/cursor';
import { z } from 'zod';
import type { IdPage } from './id-page.js';

const keyset = z.tuple([z.uuid()]);

/** @throws BAD_USER_INPUT when the size or the cursor is not one of a list by id */
export function idPage({ first, after }: PageArgs): IdPage {
  return { limit: pageSize(first) + 1, after: after ? decodeCursor(after, keyset)[0] : null };
}

export function idConnection<Node extends { id: string }>(rows: readonly Node[], { limit }: IdPage): Connection<Node> {
  return connection(rows, limit - 1, ({ id }) => [id]);
}
