import { registerEnumType } from 'type-graphql';

export enum NotificationKind {
  REPLY = 'REPLY',
  LIKE = 'LIKE',
  MENTION = 'MENTION',
  INVITED_TO_JOB = 'INVITED_TO_JOB',
  PROPOSAL_RECEIVED = 'PROPOSAL_RECEIVED',
  PROPOSAL_SHORTLISTED = 'PROPOSAL_SHORTLISTED',
  PROPOSAL_ACCEPTED = 'PROPOSAL_ACCEPTED',
  PROPOSAL_DECLINED = 'PROPOSAL_DECLINED',
  PROFILE_APPROVED = 'PROFILE_APPROVED',
  CHANGES_REQUESTED = 'CHANGES_REQUESTED',
  JOB_APPROVED = 'JOB_APPROVED',
  JOB_CLOSED = 'JOB_CLOSED',
  MESSAGE_REQUEST = 'MESSAGE_REQUEST',
  SYSTEM = 'SYSTEM',
}
registerEnumType(NotificationKind, {
  name: 'NotificationKind',
  description: 'The event that caused a notification.',
  valuesConfig: {
    REPLY: { description: 'Another user replied to an activity of the caller. Subject: the reply.' },
    LIKE: { description: 'Other users like an activity of the caller. Subject: the activity.' },
    MENTION: { description: 'Another user mentioned the caller, as `@handle`. Subject: the activity.' },
    INVITED_TO_JOB: { description: 'A poster invited the caller to a job. Subject: the job.' },
    PROPOSAL_RECEIVED: { description: 'A freelancer sent a proposal for a job of the caller. Subject: the proposal.' },
    PROPOSAL_SHORTLISTED: { description: 'A proposal of the caller was shortlisted. Subject: the proposal.' },
    PROPOSAL_ACCEPTED: { description: 'A proposal of the caller was accepted. Subject: the proposal.' },
    PROPOSAL_DECLINED: {
      description:
        'A proposal of the caller was declined, by the poster or because the job is closed. Subject: the proposal.',
    },
    PROFILE_APPROVED: { description: 'The freelancer profile of the caller is public. Subject: the profile.' },
    CHANGES_REQUESTED: {
      description: 'A reviewer requested changes of a profile or a job of the caller. Subject: the profile or the job.',
    },
    JOB_APPROVED: { description: 'A reviewer approved a job of the caller. Subject: the job.' },
    JOB_CLOSED: {
      description:
        'A job to which the caller was invited, or for which the caller has an open proposal, no longer accepts ' +
        'proposals; or a job of the caller was closed because the caller may no longer post jobs. Subject: the job.',
    },
    MESSAGE_REQUEST: {
      description:
        'Another user started a conversation with the caller. Once for each conversation, until the caller answers. Subject: ' +
        'the conversation.',
    },
    SYSTEM: {
      description: 'A change of the account of the caller, as `text` says. Subject: the changed entity, or null.',
    },
  },
});

export const notificationKinds: readonly NotificationKind[] = Object.values(NotificationKind);

/** The kind of a stored notification. One that a newer build has stored, before it was rolled back, is read as SYSTEM. */
export function storedKind(kind: string): NotificationKind {
  return isKnown(kind) ? NotificationKind[kind] : NotificationKind.SYSTEM;
}

function isKnown(kind: string): kind is keyof typeof NotificationKind {
  return Object.hasOwn(NotificationKind, kind);
}

export enum EmailFrequency {
  NEVER = 'NEVER',
  DAILY = 'DAILY',
  IMMEDIATE = 'IMMEDIATE',
}
registerEnumType(EmailFrequency, {
  name: 'EmailFrequency',
  description: 'When a user receives notifications by email.',
  valuesConfig: {
    NEVER: { description: 'Not by email.' },
    DAILY: { description: 'Once a day, in one email with all that are unread.' },
    IMMEDIATE: {
      description:
        'After a minute, unless they were read. At most one email in 15 minutes, with all that came meanwhile.',
    },
  },
});

/** How the kinds are sent by email as long as the user has chosen nothing else. */
export const defaultEmail: Readonly<Record<NotificationKind, EmailFrequency>> = {
  REPLY: EmailFrequency.DAILY,
  LIKE: EmailFrequency.NEVER,
  MENTION: EmailFrequency.DAILY,
  INVITED_TO_JOB: EmailFrequency.IMMEDIATE,
  PROPOSAL_RECEIVED: EmailFrequency.DAILY,
  PROPOSAL_SHORTLISTED: EmailFrequency.IMMEDIATE,
  PROPOSAL_ACCEPTED: EmailFrequency.IMMEDIATE,
  PROPOSAL_DECLINED: EmailFrequency.DAILY,
  PROFILE_APPROVED: EmailFrequency.IMMEDIATE,
  CHANGES_REQUESTED: EmailFrequency.IMMEDIATE,
  JOB_APPROVED: EmailFrequency.IMMEDIATE,
  JOB_CLOSED: EmailFrequency.DAILY,
  MESSAGE_REQUEST: EmailFrequency.DAILY,
  SYSTEM: EmailFrequency.IMMEDIATE,
};

/**
 * Kinds that any user can cause for any other one. Such a notification needs an actor with an active account, and their
 * number is limited for each recipient.
 */
export const socialKinds: readonly NotificationKind[] = [
  NotificationKind.REPLY,
  NotificationKind.LIKE,
  NotificationKind.MENTION,
  NotificationKind.MESSAGE_REQUEST,
];

/** The changes of an account of which notifications of the kind SYSTEM inform. */
export type Occasion =
  'ROLE_ADMIN' | 'ROLE_REVIEWER' | 'ROLE_HIRING_USER' | 'ROLE_FREELANCER' | 'VERIFIED' | 'PROFILE_SUSPENDED';
