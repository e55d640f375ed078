import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { type Connection, pageInfoOf } from '@marquee/chassis/paging/relay-connection';
import { encodeCursor, type Keyset } from '@marquee/chassis/paging/keyset-cursor';
import type { ShowRow } from '../shows/show-row.js';
import { getShows } from '../shows/show-store.js';
import type { IndexEntry } from './list-order.js';
import { type PageRequest, readPage } from './list-page.js';
import type { ListPlan } from './list-plan.js';

/** Reads one page of a list: the entries from the index of the plan, then the shows unless the index holds them. */
export async function listShows(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Connection<ShowRow>> {
  const { rows, next } = await readPage(dynamo, plan, request);
  const entries = rows.map(({ entry }) => entry);
  const shows = plan.projectsAll ? (entries as ShowRow[]) : await getShows(dynamo, slugsOf(entries));
  const showBySlug = new Map(shows.map((show) => [show.slug, show]));
  const edges = rows.flatMap(({ key, entry }) => {
    const node = showBySlug.get(entry.slug);
    return node ? [{ cursor: encodeCursor(key), node }] : [];
  });
  const range = { after: request.after ?? null, before: null, isBackward: false };
  const pageInfo = pageInfoOf(edges, range, next !== undefined);
  return { edges, pageInfo: { ...pageInfo, endCursor: endCursor(next ?? rows.at(-1)?.key) } };
}

function slugsOf(entries: readonly IndexEntry[]): string[] {
  return entries.map(({ slug }) => slug);
}

function endCursor(key: Keyset | undefined): string | null {
  return key ? encodeCursor(key) : null;
}
