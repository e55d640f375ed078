import type { DynamoChangeLog } from '@marquee/chassis/dynamodb/dynamo-change-log';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { ExportedRows, ExportPage } from '@marquee/chassis/graphql/exported-record';
import type { Connection } from '@marquee/chassis/paging/relay-connection';
import { listShowsAddedBy } from './exports/export-store.js';
import { readChanges, type ShowChanges } from './feed/feed-store.js';
import { addNewShows } from './import/import-store.js';
import { listShows } from './list/list-store.js';
import type { PageRequest } from './list/list-page.js';
import type { ListFilter, ListPlan } from './list/list-plan.js';
import { facetCounter, type ShowCounts } from './list/facet-store.js';
import type { NewShow, ShowRow, ShowValues } from './shows/show-row.js';
import { changeShow, getCurrentShows, getShows, removeShow } from './shows/show-store.js';
import { titleOrderCheck } from './shows/title-progress.js';

/** Every request to the table, by intention. */
export interface ShowStore {
  /** Reads shows by slug, in any order, without those that do not exist. */
  bySlugs(slugs: readonly string[]): Promise<ShowRow[]>;
  /** The same, with every change that was committed before. */
  currentBySlugs(slugs: readonly string[]): Promise<ShowRow[]>;
  /** Whether the orders by title have the shows of earlier builds too. */
  isTitleOrderComplete(): Promise<boolean>;
  list(plan: ListPlan, request: PageRequest): Promise<Connection<ShowRow>>;
  /** Counts the shows of a list for each value of its filters. */
  countFacets(filter: ListFilter): Promise<ShowCounts>;
  /** Reads a page of the shows that a user has added, for the export of their data. */
  recordsOf(userId: string, page: ExportPage): Promise<ExportedRows>;
  /** Adds each show whose slug is not taken. Returns one result per show, in order: the show, or null if it was taken. */
  addShows(shows: readonly NewShow[]): Promise<(ShowRow | null)[]>;
  /** Returns the show after the change; null if it does not exist. */
  change(slug: string, values: Partial<ShowValues>): Promise<ShowRow | null>;
  /** Reads the first changes after a sequence; null for none, only the latest sequence. */
  changesAfter(sequence: number | null, limit: number): Promise<ShowChanges>;
  /** Returns whether there was a show to remove. */
  remove(slug: string): Promise<boolean>;
}

export function createStore(dynamo: Dynamo, log: DynamoChangeLog): ShowStore {
  return {
    bySlugs: (slugs) => getShows(dynamo, slugs),
    currentBySlugs: (slugs) => getCurrentShows(dynamo, slugs),
    isTitleOrderComplete: titleOrderCheck(dynamo),
    list: (plan, request) => listShows(dynamo, plan, request),
    countFacets: facetCounter(dynamo),
    recordsOf: (userId, page) => listShowsAddedBy(dynamo, userId, page),
    addShows: (shows) => addNewShows(dynamo, log, shows),
    change: (slug, values) => changeShow(dynamo, log, slug, values),
    changesAfter: (sequence, limit) => readChanges(dynamo, log, sequence, limit),
    remove: (slug) => removeShow(dynamo, log, slug),
  };
}
