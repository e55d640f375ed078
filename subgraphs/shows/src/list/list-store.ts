import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { type Connection, pageInfoOf } from '@marquee/chassis/paging/relay-connection';
import { encodeCursor, type Keyset } from '@marquee/chassis/paging/keyset-cursor';
import type { ShowRow } from '../shows/show-row.js';
import { getShows } from '../shows/show-store.js';
import type { IndexEntry } from './list-order.js';
import { readDrmPage } from './drm-page.js';
import { type Page, type PageRequest, readPage } from './list-page.js';
import type { ListPlan } from './list-plan.js';

/** Reads one page of a list: whole shows by one Query where that is possible, otherwise slim entries and then the shows. */
export async function listShows(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Connection<ShowRow>> {
  const whole = await readDrmPage(dynamo, plan, request);
  if (whole) return toConnection(whole, entriesOf(whole) as ShowRow[], request);
  const page = await readPage(dynamo, plan, request);
  return toConnection(page, await getShows(dynamo, slugsOf(entriesOf(page))), request);
}

function toConnection({ rows, next }: Page, shows: readonly ShowRow[], request: PageRequest): Connection<ShowRow> {
  const showBySlug = new Map(shows.map((show) => [show.slug, show]));
  const edges = rows.flatMap(({ key, entry }) => {
    const node = showBySlug.get(entry.slug);
    return node ? [{ cursor: encodeCursor(key), node }] : [];
  });
  const range = { after: request.after ?? null, before: null, isBackward: false };
  const pageInfo = pageInfoOf(edges, range, next !== undefined);
  return { edges, pageInfo: { ...pageInfo, endCursor: endCursor(next ?? rows.at(-1)?.key) } };
}

function entriesOf({ rows }: Page): IndexEntry[] {
  return rows.map(({ entry }) => entry);
}

function slugsOf(entries: readonly IndexEntry[]): string[] {
  return entries.map(({ slug }) => slug);
}

function endCursor(key: Keyset | undefined): string | null {
  return key ? encodeCursor(key) : null;
}
