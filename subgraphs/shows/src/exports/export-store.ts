import { badInput } from '@marquee/chassis/errors/errors';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ExportedRow, ExportedRows, ExportPage } from '@marquee/chassis/graphql/exported-record';
import { ShowSort } from '../list/list-inputs.js';
import { readPage } from '../list/list-page.js';
import { planList } from '../list/list-plan.js';
import type { ShowRow } from '../shows/show-row.js';
import { getShows } from '../shows/show-store.js';

/** Shows of the catalogue that one page examines: no index knows who has added a show, and hardly anyone has. */
const examined = 500;

/** Reads the shows that a user has added, in the order of their slugs. */
export async function listShowsAddedBy(
  dynamo: Dynamo,
  userId: string,
  { after, size }: ExportPage,
): Promise<ExportedRows> {
  const plan = planList({ words: [] }, ShowSort.SLUG);
  const start = after === null ? undefined : plan.order.cursor.safeParse([after[1]]).data;
  if (after !== null && start === undefined) throw badInput({ path: 'after', message: 'is not a cursor of this list' });
  const { rows: entries, next } = await readPage(dynamo, plan, { size: examined, after: start });
  const shows = await getShows(
    dynamo,
    entries.map(({ entry }) => entry.slug),
  );
  const added = shows.filter(({ addedById }) => addedById === userId).map(toRecord);
  const rows = added.sort((one, other) => (one.key < other.key ? -1 : 1));
  const last = rows[size - 1];
  if (rows.length > size && last) return { rows: rows.slice(0, size), next: [kind, last.key] };
  return { rows, next: next === undefined ? null : [kind, String(next[0])] };
}

const kind = 'show';

function toRecord({ slug, title, addedById }: ShowRow): ExportedRow {
  return { kind, key: slug, data: { slug, title, addedById } };
}
