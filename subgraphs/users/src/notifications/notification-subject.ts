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

/** A reference to an entity of another service. Null for a type that only a newer build knows. */
export function subjectStub(type: string, id: string): NotificationSubject | null {
  return isForeignSubject(type) ? Object.assign(new stubs[type](), { id }) : null;
}

function isForeignSubject(type: string): type is ForeignSubject {
  return Object.hasOwn(stubs, type);
}
