import { type DynamoChangeLog, dynamoChangeLog } from '@marquee/chassis/dynamodb/dynamo-change-log';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';

/** The changes of shows are items of the same table. No slug of a show begins like their keys. */
export function openShowLog(dynamo: Dynamo): DynamoChangeLog {
  return dynamoChangeLog(dynamo, {
    key: (stream, sequence) => ({ slug: `change of ${stream}#${sequence}` }),
    expiryAttribute: 'expiresAt',
  });
}
