import { readBatch } from '@marquee/chassis/dynamodb/batch';
import type { DynamoChangeLog } from '@marquee/chassis/dynamodb/dynamo-change-log';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { changeOf, deletionOf } from '../database/show-log.js';
import { updateExpression } from '../database/update-expression.js';
import { indexKeys } from './index-keys.js';
import { showStream } from '../topics.js';
import type { ShowRow, ShowValues } from './show-row.js';

/** Reads shows by slug, in any order, without those that do not exist. */
export function getShows(dynamo: Dynamo, slugs: readonly string[]): Promise<ShowRow[]> {
  return readBatch<ShowRow>(
    dynamo,
    slugs.map((slug) => ({ slug })),
  );
}

/** The same, with every change that was committed before. */
export function getCurrentShows(dynamo: Dynamo, slugs: readonly string[]): Promise<ShowRow[]> {
  const keys = slugs.map((slug) => ({ slug }));
  return readBatch<ShowRow>(dynamo, keys, { consistent: true });
}

/** Changes a show and returns it; null if it does not exist. */
export async function changeShow(
  dynamo: Dynamo,
  log: DynamoChangeLog,
  slug: string,
  values: Partial<ShowValues>,
): Promise<ShowRow | null> {
  if (Object.keys(values).length === 0) return (await getShows(dynamo, [slug]))[0] ?? null;
  const Update = {
    TableName: dynamo.table,
    Key: { slug },
    ...updateExpression({ ...values, ...indexKeys(slug, values) }),
    ConditionExpression: 'attribute_exists(slug)',
  };
  const failed = await log.write(showStream, [changeOf(slug)], [{ Update }]);
  return failed ? null : ((await getCurrentShows(dynamo, [slug]))[0] ?? null);
}

/** Removes a show. Returns whether there was one. */
export async function removeShow({ table }: Dynamo, log: DynamoChangeLog, slug: string): Promise<boolean> {
  const Delete = { TableName: table, Key: { slug }, ConditionExpression: 'attribute_exists(slug)' };
  return (await log.write(showStream, [deletionOf(slug)], [{ Delete }])) === null;
}
