import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Keyset } from '@marquee/chassis/paging/keyset-cursor';
import { between, combineConditions, compare } from '../database/query-conditions.js';
import { drmKey } from '../shows/index-keys.js';
import { compareKeysets, type IndexEntry } from './list-order.js';
import type { Page, PageRequest } from './list-page.js';
import type { ListPlan } from './list-plan.js';

/**
 * The number of shows that are read beyond the page. Shows with equal counts have no defined order in the index, so that a
 * page is known only when a higher count or the end of the index was read.
 */
const showsBeyondPage = 50;

/**
 * Reads a page of all shows with DRM by one Query on `gsi_drm_episode`, which holds whole shows. Undefined for another
 * list or direction, and if more shows have equal counts than one Query reads.
 */
export async function readDrmPage(dynamo: Dynamo, plan: ListPlan, request: PageRequest): Promise<Page | undefined> {
  const { drmEpisodes, order } = plan;
  const { size, after, before, isBackward } = request;
  if (!drmEpisodes || before || isBackward) return undefined;
  const low = startCount(drmEpisodes.low, after);
  if (low !== undefined && drmEpisodes.high !== undefined && low > drmEpisodes.high)
    return { rows: [], next: undefined };
  const query = queryInput(dynamo.table, low, drmEpisodes.high);
  const { Items, LastEvaluatedKey } = await dynamo.documents.query({ ...query, Limit: size + showsBeyondPage });
  const rows = ((Items ?? []) as IndexEntry[])
    .filter(({ episodeCount }) => !LastEvaluatedKey || episodeCount < Number(LastEvaluatedKey['episodeCount']))
    .map((entry) => ({ key: order.keyset(entry), entry }))
    .filter(({ key }) => !after || compareKeysets(key, after) > 0)
    .sort((one, other) => compareKeysets(one.key, other.key));
  const page = rows.slice(0, size);
  if (!LastEvaluatedKey) return { rows: page, next: rows.length > size ? page.at(-1)?.key : undefined };
  return page.length === size ? { rows: page, next: page.at(-1)?.key } : undefined;
}

/** The count from which to read. A forged cursor must not widen the bounds of the list. */
function startCount(low: number | undefined, after: Keyset | undefined): number | undefined {
  return after ? Math.max(low ?? 0, Number(after[0])) : low;
}

function queryInput(table: string, low: number | undefined, high: number | undefined) {
  const key = combineConditions([compare('drmKey', '=', drmKey), ...between('episodeCount', low, high)], 'k');
  return {
    TableName: table,
    IndexName: 'gsi_drm_episode',
    KeyConditionExpression: key.text,
    ExpressionAttributeNames: key.names,
    ExpressionAttributeValues: key.values,
  };
}
