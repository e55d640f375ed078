import { escapeHtml } from '@marquee/chassis/mail/escape-html';
import type { Mail } from '@marquee/chassis/mail/mail';
import type { NotificationKind } from '../notifications/notification-kinds.js';
import { notificationText } from '../notifications/notification-text.js';
import type { ClaimedDigest, DigestContent } from './digest-store.js';
import { unsubscribeToken } from './unsubscribe-token.js';

/** The addresses in emails. */
export interface MailLinks {
  /** The base of the links that end emails. */
  linkUrl: string;
  linkKey: Buffer;
  /** Where people see their notifications. */
  appUrl: string | undefined;
}

/** Notifications that one email lists. */
const maxListed = 50;

/** Composes an email from sentences: it contains no text that a user has written, only handles. */
export function digestMail({ id, userId }: ClaimedDigest, content: DigestContent, links: MailLinks): Mail {
  const { email, handle, notifications } = content;
  const listed = notifications.slice(0, maxListed);
  const sentences = listed.map((notification) => notificationText(notification));
  const omitted = notifications.length - listed.length;
  if (omitted > 0) sentences.push(`And ${omitted} more.`);
  const kinds = [...new Set(notifications.map(({ kind }) => kind))];
  const [onlyKind = null] = kinds.length === 1 ? kinds : [];
  const link = (kind: NotificationKind | null) =>
    `${links.linkUrl}/unsubscribe?token=${unsubscribeToken({ userId, kind }, links.linkKey)}`;
  const endings = [
    ...kinds.map((kind): Ending => ({ text: `Stop emails about ${kindNames[kind]}`, url: link(kind) })),
    { text: 'Stop all emails from Marquee', url: link(null) },
  ];
  const parts = { greeting: `Hello @${handle},`, sentences, appUrl: links.appUrl, endings };
  return {
    id,
    to: email,
    subject: subjectOf(sentences, notifications.length),
    text: textOf(parts),
    html: htmlOf(parts),
    unsubscribeUrl: link(onlyKind),
    people: [userId, ...new Set(notifications.flatMap(({ actorId }) => actorId ?? []))],
  };
}

interface Ending {
  text: string;
  url: string;
}

interface Parts {
  greeting: string;
  sentences: readonly string[];
  appUrl: string | undefined;
  endings: readonly Ending[];
}

function subjectOf([first = '']: readonly string[], count: number): string {
  return count === 1 ? first.replace(/\.$/, '') : `${count} new notifications on Marquee`;
}

function textOf({ greeting, sentences, appUrl, endings }: Parts): string {
  const list = sentences.map((sentence) => `- ${sentence}`).join('\n');
  const app = appUrl === undefined ? [] : [`See them on Marquee: ${appUrl}`];
  return `${[greeting, list, ...app, endings.map(({ text, url }) => `${text}:\n${url}`).join('\n\n')].join('\n\n')}\n`;
}

function htmlOf({ greeting, sentences, appUrl, endings }: Parts): string {
  const list = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('');
  const app = appUrl === undefined ? '' : `<p><a href="${escapeHtml(appUrl)}">See them on Marquee</a></p>`;
  const links = endings.map(({ text, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`).join('<br>');
  return `<!doctype html><html lang="en"><body><p>${escapeHtml(greeting)}</p><ul>${list}</ul>${app}<p>${links}</p></body></html>\n`;
}

const kindNames: Readonly<Record<NotificationKind, string>> = {
  REPLY: 'replies',
  LIKE: 'likes',
  MENTION: 'mentions',
  INVITED_TO_JOB: 'invitations to jobs',
  PROPOSAL_RECEIVED: 'proposals for your jobs',
  PROPOSAL_SHORTLISTED: 'shortlisted proposals',
  PROPOSAL_ACCEPTED: 'accepted proposals',
  PROPOSAL_DECLINED: 'declined proposals',
  PROFILE_APPROVED: 'the approval of your profile',
  CHANGES_REQUESTED: 'requested changes',
  JOB_APPROVED: 'approved jobs',
  JOB_CLOSED: 'closed jobs',
  MESSAGE_REQUEST: 'people who want to write to you',
  SYSTEM: 'changes of your account',
};
