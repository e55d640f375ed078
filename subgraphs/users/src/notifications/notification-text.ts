import { NotificationKind, type Occasion } from './notification-kinds.js';

/** The values that the sentence of a notification depends on. */
export interface NotificationFacts {
  kind: NotificationKind;
  /** The handle of the actor; null without an actor. A handle cannot contain an address or markup. */
  handle: string | null;
  /** The people whose likes the notification collects. */
  actorCount: number;
  subjectType: string | null;
  /** A newer build may have stored one that this build does not know. */
  occasion: string | null;
}

/** A notification as an English sentence. */
export function notificationText(facts: NotificationFacts): string {
  return facts.kind === NotificationKind.SYSTEM ? systemText(facts.occasion) : sentences[facts.kind](facts);
}

type Sentence = (facts: NotificationFacts) => string;

const sentences: Readonly<Record<Exclude<NotificationKind, NotificationKind.SYSTEM>, Sentence>> = {
  REPLY: (facts) => `${someone(facts)} replied to your post.`,
  LIKE: likeText,
  MENTION: (facts) => `${someone(facts)} mentioned you.`,
  INVITED_TO_JOB: (facts) => `${someone(facts)} invited you to a job.`,
  PROPOSAL_RECEIVED: (facts) => `${someone(facts)} sent a proposal for your job.`,
  PROPOSAL_SHORTLISTED: () => 'Your proposal was shortlisted.',
  PROPOSAL_ACCEPTED: () => 'Your proposal was accepted.',
  PROPOSAL_DECLINED: () => 'Your proposal was declined.',
  PROFILE_APPROVED: () => 'Your profile is public.',
  CHANGES_REQUESTED: ({ subjectType }) =>
    `A reviewer requested changes of your ${subjectType === 'Job' ? 'job' : 'profile'}.`,
  JOB_APPROVED: () => 'Your job was approved.',
  JOB_CLOSED: () => 'A job is closed and no longer accepts proposals.',
  MESSAGE_REQUEST: (facts) => `${someone(facts)} wants to write to you.`,
};

function likeText(facts: NotificationFacts): string {
  const others = facts.actorCount - 1;
  if (others === 0) return `${someone(facts)} likes your post.`;
  return `${someone(facts)} and ${others} ${others === 1 ? 'other person' : 'other people'} like your post.`;
}

function someone({ handle }: NotificationFacts): string {
  return handle === null ? 'Someone' : `@${handle}`;
}

const systemTexts = {
  ROLE_ADMIN: 'You are now an administrator.',
  ROLE_REVIEWER: 'You are now a reviewer.',
  ROLE_HIRING_USER: 'You can now post jobs.',
  ROLE_FREELANCER: 'Your role is now that of a freelancer. You can no longer post jobs.',
  VERIFIED: 'Your identity was verified.',
  PROFILE_SUSPENDED: 'Your profile was suspended and is no longer public.',
} as const satisfies Readonly<Record<Occasion, string>>;

function systemText(occasion: string | null): string {
  return occasion !== null && isOccasion(occasion) ? systemTexts[occasion] : 'You have a new notification.';
}

function isOccasion(text: string): text is Occasion {
  return Object.hasOwn(systemTexts, text);
}
