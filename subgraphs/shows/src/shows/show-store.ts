import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { retryOnThrottle } from '@marquee/chassis/dynamodb/retry-on-throttle';
import type { Connection } from '@marquee/chassis/paging/relay-connection';
import { encodeCursor, type Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { addShows } from '../import/import-store.js';
import { indexKeys } from './index-keys.js';
import type { IndexEntry } from '../list/list-order.js';
import { type PageRequest, readPage } from '../list/list-page.js';
import type { ListPlan } from '../list/list-plan.js';
import type { NewShow, ShowRow, ShowValues } from './show-row.js';
import { updateExpression } from '../database/update-expression.js';

/** What the shows service asks of its table. */
export interface ShowStore {
  /** The shows with these slugs, in any order; absent ones are left out. */
  bySlugs(slugs: readonly string[]): Promise<ShowRow[]>;
  page(plan: ListPlan, request: PageRequest): Promise<Connection<ShowRow>>;
  /** Adds each show whose slug is free. The answers are in order: the show, or null where the slug was taken. */
  addShows(shows: readonly NewShow[]): Promise<(ShowRow | null)[]>;
  /** The show as it is now; null when there is none. */
  change(slug: string, values: Partial<ShowValues>): Promise<ShowRow | null>;
  /** Whether there was one to remove. */
  remove(slug: string): Promise<boolean>;
}

export function createStore(dynamo: Dynamo): ShowStore {
  const bySlugs = (slugs: readonly string[]) => showsBySlug(dynamo, slugs);
  return {
    bySlugs,
    page: (plan, request) => showPage(dynamo, plan, request),
    async addShows(shows) {
      // What is there already costs one read for a hundred instead of a refused write each.
      const known = new Set((await bySlugs(shows.map(({ slug }) => slug))).map(({ slug }) => slug));
      const added = await addShows(dynamo, shows, known);
      // Of several with one slug the first was added, and only that one is answered.
      return shows.map(({ slug }) => {
        const row = added.get(slug) ?? null;
        added.delete(slug);
        return row;
      });
    },
    change: (slug, values) => change(dynamo, slug, values),
    remove: (slug) => remove(dynamo, slug),
  };
}

async function showsBySlug(dynamo: Dynamo, slugs: readonly string[]): Promise<ShowRow[]> {
  return readBatch<ShowRow>(
    dynamo,
    slugs.map((slug) => ({ slug })),
  );
}

async function showPage(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Connection<ShowRow>> {
  const { steps, next } = await readPage(dynamo, plan, request);
  const shows = plan.whole ? steps.map(({ entry }) => wholeShow(entry)) : await showsBySlug(dynamo, slugsOf(steps));
  const found = new Map(shows.map((show) => [show.slug, show]));
  const edges = steps.flatMap(({ key, entry }) => {
    const node = found.get(entry.slug);
    return node ? [{ cursor: encodeCursor(key), node }] : [];
  });
  return { edges, pageInfo: { hasNextPage: next !== undefined, endCursor: endCursor(next ?? steps.at(-1)?.key) } };
}

/** An entry of an index that projects all attributes is the show itself. */
function wholeShow(entry: IndexEntry): ShowRow {
  return entry as ShowRow;
}

function slugsOf(steps: readonly { entry: IndexEntry }[]): string[] {
  return steps.map(({ entry }) => entry.slug);
}

function endCursor(key: Keyset | undefined): string | null {
  return key ? encodeCursor(key) : null;
}

async function change(dynamo: Dynamo, slug: string, values: Partial<ShowValues>): Promise<ShowRow | null> {
  if (Object.keys(values).length === 0) return (await showsBySlug(dynamo, [slug]))[0] ?? null;
  const { documents, table } = dynamo;
  const update = new UpdateCommand({
    TableName: table,
    Key: { slug },
    ...updateExpression({ ...values, ...indexKeys(slug, values) }),
    ConditionExpression: 'attribute_exists(slug)',
    ReturnValues: 'ALL_NEW',
  });
  const answer = await metCondition(() => documents.send(update));
  return answer ? (answer.Attributes as ShowRow) : null;
}

async function remove({ documents, table }: Dynamo, slug: string): Promise<boolean> {
  const removal = new DeleteCommand({
    TableName: table,
    Key: { slug },
    ConditionExpression: 'attribute_exists(slug)',
  });
  return (await metCondition(() => documents.send(removal))) !== null;
}

/** A condition that does not hold is an expected outcome: null. */
async function metCondition<Result>(write: () => Promise<Result>): Promise<Result | null> {
  try {
    return await retryOnThrottle(write);
  } catch (failure) {
    if ((failure as Error).name === 'ConditionalCheckFailedException') return null;
    throw failure;
  }
}
