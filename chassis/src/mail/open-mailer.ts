import type { Routes } from '../http/http-server.js';
import type { Mailer } from './mail.js';
import type { MailSettings } from './mail-settings.js';
import { mailboxRoute } from './mailbox-page.js';
import { openMailboxDirectory } from './mailbox-directory.js';
import { sesMailer } from './ses-mailer.js';

/** The configured mailer, and how recipients reach the links in its mails. */
export interface MailService {
  mailer: Mailer;
  linkUrl: string;
  linkKey: Buffer;
  /** The page of the mailbox, if mails are written to a directory. */
  routes: Routes;
}

/** Returns null if no mails are sent. Expects settings that `completeMailSettings` has accepted. */
export async function openMailer(settings: MailSettings): Promise<MailService | null> {
  const { MAIL_SENDER: sender, MAIL_LINK_URL: linkUrl, MAIL_LINK_KEY: linkKey } = settings;
  if (settings.MAIL_TRANSPORT === 'none' || !sender || !linkUrl || !linkKey) return null;
  const links = { linkUrl, linkKey };
  if (settings.MAIL_TRANSPORT === 'ses')
    return { ...links, mailer: sesMailer({ ...settings, MAIL_SENDER: sender }), routes: {} };
  const mailbox = await openMailboxDirectory(settings.MAIL_DIRECTORY ?? '', sender);
  return { ...links, mailer: mailbox, routes: { '/mailbox': mailboxRoute(mailbox) } };
}
