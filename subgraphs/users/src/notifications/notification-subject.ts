import { createUnionType } from 'type-graphql';
import { Activity } from '../activities/activity-model.js';
import { Conversation, FreelancerProfile, Job, Proposal } from '../entity-stubs.js';

/** The types of subjects that other services own. */
const stubs = { Job, Proposal, FreelancerProfile, Conversation } as const;

/** The type of a subject that another service owns. */
export type ForeignSubject = keyof typeof stubs;

export const NotificationSubject = createUnionType({
  name: 'NotificationSubject',
  description: 'An entity that a notification is about.',
  types: () => [Activity, Job, Proposal, FreelancerProfile, Conversation] as const,
});
export type NotificationSubject = Activity | Job | Proposal | FreelancerProfile | Conversation;

/** A reference to an entity of another service. */
export function subjectStub(type: ForeignSubject, id: string): NotificationSubject {
  return Object.assign(new stubs[type](), { id });
}
