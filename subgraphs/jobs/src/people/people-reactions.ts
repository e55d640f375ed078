import type { Bus } from '@marquee/chassis/bus/bus';
import { type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { userDeactivated, userDeleted, userReactivated, userRoleChanged } from '@marquee/events/user-events';
import type { EntityManager } from 'typeorm';
import { publishProposals, topics } from '../topics.js';
import { hidePerson, showPerson } from './person-visibility-store.js';
import { erasePerson } from './person-erasure-store.js';
import { closeJobsOf, type ClosedJobs } from './posted-jobs-store.js';

/** The reactions of the service to the events of people. */
export function peopleReactions(bus: Bus): EventReaction<EntityManager>[] {
  return [
    on(userDeactivated, ({ data: { userId } }, manager) => hidePerson(manager, userId)),
    on(userReactivated, ({ data: { userId } }, manager) => showPerson(manager, userId)),
    on(userRoleChanged, async ({ data: { userId, role } }, manager: EntityManager) => {
      if (role !== 'FREELANCER') return undefined;
      const closed = await closeJobsOf(manager, userId);
      return () => notify(bus, closed);
    }),
    on(userDeleted, async ({ data: { userId } }, manager: EntityManager) => {
      const closed = await closeJobsOf(manager, userId);
      await hidePerson(manager, userId);
      await erasePerson(manager, userId);
      return () => notify(bus, closed);
    }),
  ];
}

/** Subscribers of proposals and of the review queue read them again. */
function notify(bus: Bus, { jobIds }: ClosedJobs): void {
  for (const id of jobIds) {
    publishProposals(bus, id);
    bus.publish(topics.reviewQueueChanged, { kind: 'JOB', id });
  }
}
