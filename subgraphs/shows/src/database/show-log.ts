import {
  type DynamoChangeLog,
  dynamoChangeLog,
  type DynamoChangeLogOptions,
  type NewChange,
} from '@marquee/chassis/dynamodb/dynamo-change-log';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import { createEvent } from '@marquee/chassis/events/domain-event';
import { showChanged, showDeleted } from '@marquee/events/show-events';

/** The changes of shows are items of the same table. No slug of a show begins like their keys. */
export const showLogOptions: DynamoChangeLogOptions = {
  key: (stream, sequence) => ({ slug: `change of ${stream}#${sequence}` }),
  expiryAttribute: 'expiresAt',
};

export function openShowLog(dynamo: Dynamo): DynamoChangeLog {
  return dynamoChangeLog(dynamo, showLogOptions);
}

/** The change of a show that was added or changed. */
export function changeOf(slug: string): NewChange {
  return { subject: slug, event: createEvent(showChanged, { subject: slug, data: { slug } }) };
}

/** The change of a show that was deleted. */
export function deletionOf(slug: string): NewChange {
  return { subject: slug, event: createEvent(showDeleted, { subject: slug, data: { slug } }) };
}
