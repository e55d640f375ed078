import type { Routes } from '@marquee/chassis/http/http-server';
import type { Mailer } from '@marquee/chassis/mail/mail';
import { openMailer } from '@marquee/chassis/mail/open-mailer';
import type { ServiceContext } from '@marquee/chassis/process/run-service';
import { counter } from '@marquee/chassis/telemetry/instruments';
import type { UsersSettings } from '../config.js';
import type { MailLinks } from './digest-mail.js';
import { startDigestSender } from './digest-sender.js';
import type { DigestStore } from './digest-store.js';

/** The emails of the service. */
export interface Emails {
  mailer: Mailer;
  links: MailLinks;
  /** The page of a local mailbox. */
  routes: Routes;
}

/** Starts to send notifications by email. Returns null if the service sends none. */
export async function openEmails(
  { settings, log, closers }: ServiceContext<UsersSettings>,
  store: DigestStore,
): Promise<Emails | null> {
  // Alarms need the metric before the first email.
  counter('marquee.mails').add(0, { outcome: 'sent' });
  const mail = await openMailer(settings);
  if (mail === null) return null;
  const { mailer, routes } = mail;
  const links = { linkUrl: mail.linkUrl, linkKey: mail.linkKey, appUrl: settings.MAIL_APP_URL };
  closers.add(mailer);
  closers.add(startDigestSender({ store, mailer, links, log }));
  return { mailer, links, routes };
}
