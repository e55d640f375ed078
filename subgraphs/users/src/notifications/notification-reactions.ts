import type { Bus } from '@marquee/chassis/bus/bus';
import { type AfterCommit, type EventReaction, on } from '@marquee/chassis/events/domain-event';
import { messageSent } from '@marquee/events/conversation-events';
import {
  freelancerInvited,
  invitationsClosed,
  jobApproved,
  jobChangesRequested,
  jobClosed,
} from '@marquee/events/job-events';
import { profileApproved, profileChangesRequested, profileSuspended } from '@marquee/events/profile-events';
import { proposalDecided, proposalShortlisted, proposalSubmitted } from '@marquee/events/proposal-events';
import type { EntityManager } from 'typeorm';
import { publishNotifications } from '../topics.js';
import { invitedWithoutProposal } from './invited-people.js';
import { addNotifications, type NewNotification } from './new-notifications.js';
import { NotificationKind } from './notification-kinds.js';
import type { ForeignSubject } from './notification-subject.js';

/** The reactions to the events of other services: they notify the people whom the events concern. */
export function notificationReactions(bus: Bus): EventReaction<EntityManager>[] {
  return [...jobReactions(bus), ...proposalReactions(bus), ...profileReactions(bus), requestReaction(bus)];
}

function jobReactions(bus: Bus): EventReaction<EntityManager>[] {
  return [
    on(freelancerInvited, ({ time, data: { jobId, freelancerId, actorId } }, manager: EntityManager) =>
      notify(bus, manager, [
        {
          ...about(NotificationKind.INVITED_TO_JOB, time, 'Job', jobId),
          userId: freelancerId,
          actorId,
          aboutJob: jobId,
        },
      ]),
    ),
    on(jobApproved, ({ time, data: { jobId, ownerId } }, manager: EntityManager) =>
      notify(bus, manager, [{ ...about(NotificationKind.JOB_APPROVED, time, 'Job', jobId), userId: ownerId }]),
    ),
    on(jobChangesRequested, ({ time, data: { jobId, ownerId } }, manager: EntityManager) =>
      notify(bus, manager, [{ ...about(NotificationKind.CHANGES_REQUESTED, time, 'Job', jobId), userId: ownerId }]),
    ),
    on(jobClosed, async ({ time, data }, manager: EntityManager) => {
      const { jobId, ownerId, reason, recipientIds } = data;
      const owner = reason === 'POSTER_LEFT' ? [ownerId] : [];
      const invited = recipientIds ?? (await invitedWithoutProposal(manager, jobId));
      return notify(bus, manager, closedJob(time, jobId, [...owner, ...invited]));
    }),
    on(invitationsClosed, ({ time, data: { jobId, recipientIds } }, manager: EntityManager) =>
      notify(bus, manager, closedJob(time, jobId, recipientIds)),
    ),
  ];
}

function closedJob(time: string, jobId: string, recipients: readonly string[]): NewNotification[] {
  const closed = about(NotificationKind.JOB_CLOSED, time, 'Job', jobId);
  return recipients.map((userId) => ({ ...closed, userId, aboutJob: jobId }));
}

function proposalReactions(bus: Bus): EventReaction<EntityManager>[] {
  const to = (userId: string, actorId: string, aboutJob: string) => ({ userId, actorId, aboutJob });
  const proposal = (kind: NotificationKind, time: string, id: string) => about(kind, time, 'Proposal', id);
  return [
    on(proposalSubmitted, ({ time, data }, manager: EntityManager) => {
      const received = proposal(NotificationKind.PROPOSAL_RECEIVED, time, data.proposalId);
      return notify(bus, manager, [{ ...received, ...to(data.posterId, data.freelancerId, data.jobId) }]);
    }),
    on(proposalShortlisted, ({ time, data }, manager: EntityManager) => {
      const shortlisted = proposal(NotificationKind.PROPOSAL_SHORTLISTED, time, data.proposalId);
      return notify(bus, manager, [{ ...shortlisted, ...to(data.freelancerId, data.posterId, data.jobId) }]);
    }),
    on(proposalDecided, ({ time, data }, manager: EntityManager) => {
      const decided = proposal(NotificationKind[`PROPOSAL_${data.decision}`], time, data.proposalId);
      return notify(bus, manager, [{ ...decided, ...to(data.freelancerId, data.posterId, data.jobId) }]);
    }),
  ];
}

function profileReactions(bus: Bus): EventReaction<EntityManager>[] {
  const profile = (kind: NotificationKind, time: string, id: string) => about(kind, time, 'FreelancerProfile', id);
  return [
    on(profileApproved, ({ time, data: { profileId, userId } }, manager: EntityManager) =>
      notify(bus, manager, [{ ...profile(NotificationKind.PROFILE_APPROVED, time, profileId), userId }]),
    ),
    on(profileChangesRequested, ({ time, data: { profileId, userId } }, manager: EntityManager) =>
      notify(bus, manager, [{ ...profile(NotificationKind.CHANGES_REQUESTED, time, profileId), userId }]),
    ),
    on(profileSuspended, ({ time, data: { profileId, userId } }, manager: EntityManager) => {
      const suspended = profile(NotificationKind.SYSTEM, time, profileId);
      return notify(bus, manager, [{ ...suspended, userId, occasion: 'PROFILE_SUSPENDED' }]);
    }),
  ];
}

function requestReaction(bus: Bus): EventReaction<EntityManager> {
  return on(messageSent, ({ time, data }, manager: EntityManager) => {
    const request = about(NotificationKind.MESSAGE_REQUEST, time, 'Conversation', data.conversationId);
    const recipients = data.isRequest ? data.recipients : [];
    return notify(
      bus,
      manager,
      recipients.map((userId) => ({ ...request, userId, actorId: data.senderId })),
    );
  });
}

/** The part of a notification without its people. */
function about(kind: NotificationKind, time: string, type: ForeignSubject, id: string) {
  return { kind, subject: { type, id }, at: new Date(time), actorId: null };
}

async function notify(
  bus: Bus,
  manager: EntityManager,
  notifications: readonly NewNotification[],
): Promise<AfterCommit> {
  const created = await addNotifications(manager, notifications);
  return () => publishNotifications(bus, created);
}
