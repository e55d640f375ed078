import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { type Connection, pageInfoOf } from '@marquee/chassis/paging/relay-connection';
import type { ShowRow } from '../shows/show-row.js';
import { getShows } from '../shows/show-store.js';
import type { IndexEntry } from './list-order.js';
import { readDrmPage } from './drm-page.js';
import { encodePosition } from './list-cursor.js';
import { type Page, type PageRequest, readPage } from './list-page.js';
import type { ListPlan } from './list-plan.js';

/** Reads one page of a list: whole shows by one Query where that is possible, otherwise slim entries and then the shows. */
export async function listShows(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Connection<ShowRow>> {
  const whole = await readDrmPage(dynamo, plan, request);
  if (whole) return toConnection(plan, whole, entriesOf(whole) as ShowRow[], request);
  const page = await readPage(dynamo, plan, request);
  return toConnection(plan, page, await getShows(dynamo, slugsOf(entriesOf(page))), request);
}

function toConnection(
  plan: ListPlan,
  { rows, next }: Page,
  shows: readonly ShowRow[],
  { after, before, isBackward = false }: PageRequest,
): Connection<ShowRow> {
  const showBySlug = new Map(shows.map((show) => [show.slug, show]));
  const edges = rows.flatMap(({ key, entry }) => {
    const node = showBySlug.get(entry.slug);
    return node ? [{ cursor: encodePosition(plan, key), node }] : [];
  });
  if (isBackward) edges.reverse();
  const pageInfo = pageInfoOf(edges, { after: after ?? null, before: before ?? null, isBackward }, next !== undefined);
  const end = next ?? rows.at(-1)?.key;
  const outer = end ? encodePosition(plan, end) : null;
  return { edges, pageInfo: { ...pageInfo, ...(isBackward ? { startCursor: outer } : { endCursor: outer }) } };
}

function entriesOf({ rows }: Page): IndexEntry[] {
  return rows.map(({ entry }) => entry);
}

function slugsOf(entries: readonly IndexEntry[]): string[] {
  return entries.map(({ slug }) => slug);
}
