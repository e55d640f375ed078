import type { Bus } from '@marquee/chassis/bus/bus';
import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { emitEvent } from '@marquee/chassis/postgres/postgres-outbox';
import { workErased } from '@marquee/events/erasure-events';
import { userDeactivated, userDeleted, userReactivated, userRoleChanged } from '@marquee/events/user-events';
import type { EntityManager } from 'typeorm';
import { publishProposals, topics } from '../topics.js';
import { hideDeletedPerson, hidePerson, showPerson } from './person-visibility-store.js';
import { erasePerson } from './person-erasure-store.js';
import { lockPerson, recordChange } from './person-state-store.js';
import { closeJobsOf, type ClosedJobs } from './posted-jobs-store.js';

/**
 * The reactions of the service to the events of people. An event that comes late, after a later one of its kind or after the
 * deletion, changes nothing: dead letters are returned to the queue out of order.
 */
export function peopleReactions(bus: Bus): EventReaction<EntityManager>[] {
  return [
    on(userDeactivated, async ({ time, data: { userId } }, manager: EntityManager) => {
      if (await recordChange(manager, { userId, kind: 'ACTIVATION', time })) await hidePerson(manager, userId);
    }),
    on(userReactivated, async ({ time, data: { userId } }, manager: EntityManager) => {
      if (await recordChange(manager, { userId, kind: 'ACTIVATION', time })) await showPerson(manager, userId);
    }),
    on(userRoleChanged, async ({ time, data: { userId, role } }, manager: EntityManager) => {
      const isLatest = await recordChange(manager, { userId, kind: 'ROLE', time, role });
      if (!isLatest || role !== 'FREELANCER') return undefined;
      const closed = await closeJobsOf(manager, userId);
      return () => notify(bus, closed);
    }),
    on(userDeleted, async ({ data: { userId } }, manager: EntityManager) => {
      await lockPerson(manager, userId);
      const closed = await closeJobsOf(manager, userId);
      await hideDeletedPerson(manager, userId);
      const { proposedJobs, counts } = await erasePerson(manager, userId);
      await emitEvent(manager, workErased, { subject: userId, data: { userId, counts } });
      return () => {
        notify(bus, closed);
        for (const jobId of proposedJobs) publishProposals(bus, jobId);
      };
    }),
  ];
}

/** Subscribers of proposals and of the review queue read them again. */
function notify(bus: Bus, { jobIds }: ClosedJobs): void {
  for (const id of jobIds) publishProposals(bus, id);
  const [id] = jobIds;
  // Once for all of them: the subscribers read the whole summary.
  if (id !== undefined) bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id });
}
