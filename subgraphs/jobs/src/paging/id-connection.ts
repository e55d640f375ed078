import { type Connection, type PageArgs, parsePage, toConnection } from '@marquee/chassis/paging/relay-connection';
import { z } from 'zod';
import type { IdPage } from './id-page.js';

const keyset = z.tuple([z.uuid()]);

/** @throws BAD_USER_INPUT for an invalid size, or a cursor that is not from a list that is sorted by id */
export function parseIdPage(args: PageArgs): IdPage {
  const { after, before, ...page } = parsePage(args, keyset);
  return { ...page, after: after?.[0] ?? null, before: before?.[0] ?? null };
}

export function toIdConnection<Node extends { id: string }>(rows: readonly Node[], page: IdPage): Connection<Node> {
  return toConnection(rows, page, ({ id }) => [id]);
}
