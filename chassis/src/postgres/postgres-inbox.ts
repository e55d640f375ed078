/**
 * The events that a service has applied: the table `event_inbox`, which its migrations create. The row of an event is
 * written in the transaction of its effects, so that an event that is delivered again changes nothing.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { Inbox } from '../events/event-consumer.js';
import { inboxDays } from '../events/outbox.js';
import type { Closable } from '../process/closers.js';
import type { Logger } from '../telemetry/log.js';
import { startSweeper } from '../timing/sweeper.js';

export function postgresInbox(database: DataSource): Inbox<EntityManager> {
  return {
    applyOnce: (event, apply) =>
      database.transaction(async (manager) => {
        // A concurrent delivery of the same event waits here for the end of the other transaction.
        const added = await manager.query<unknown[]>(addStatement, [event.id]);
        if (added.length === 0) return false;
        await apply(manager);
        return true;
      }),
  };
}

/** Forgets events that can no longer be delivered again, now and every hour. */
export function startInboxSweeper(database: DataSource, log: Logger): Closable {
  const sweep = async () => void (await database.query(removeStatement, [inboxDays]));
  return startSweeper(sweep, { log, subject: 'applied events' });
}

const addStatement = 'insert into event_inbox (event_id) values ($1) on conflict do nothing returning event_id';

const removeStatement = 'delete from event_inbox where applied_at < now() - make_interval(days => $1)';
