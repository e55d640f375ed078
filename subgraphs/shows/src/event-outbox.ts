import { changeLogOutbox } from '@marquee/chassis/dynamodb/change-log-outbox';
import type { Dynamo } from '@marquee/chassis/dynamodb/open-table';
import type { Outbox } from '@marquee/chassis/events/outbox';
import { showLogOptions } from './database/show-log.js';
import { showStream } from './topics.js';

/** The events of the service, for its relay and for people. They are in the change log. */
export function eventOutbox(dynamo: Dynamo): Outbox {
  return changeLogOutbox(dynamo, showStream, showLogOptions);
}
