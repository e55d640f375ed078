import { setTimeout as wait } from 'node:timers/promises';
import { type Mailer, MailRefusedError } from '@marquee/chassis/mail/mail';
import type { Closable } from '@marquee/chassis/process/closers';
import { counter } from '@marquee/chassis/telemetry/instruments';
import type { Logger } from '@marquee/chassis/telemetry/log';
import { logThrottled } from '@marquee/chassis/telemetry/throttled-log';
import { backoffDelay, waitForBackoff } from '@marquee/chassis/timing/backoff';
import { digestMail, type MailLinks } from './digest-mail.js';
import { digestPlans } from './digest-plans.js';
import type { ClaimedDigest, DigestStore } from './digest-store.js';

export interface DigestSenderOptions {
  store: DigestStore;
  mailer: Mailer;
  links: MailLinks;
  log: Logger;
}

/** Milliseconds between two looks for notifications and emails that are due. */
const pollMs = 2_000;

/** Emails that are sent before the next look for notifications, so that IMMEDIATE ones do not wait for all DAILY ones. */
const sendBatch = 50;

/** After a refusal, the email is sent again later, seven times within about two days. */
const maxAttempts = 8;
const attemptBackoff = { baseMs: 60_000, maxMs: 24 * 3_600_000, factor: 4 };

/** While the mail service refuses everything, this process sends little. */
const serviceBackoff = { baseMs: 5_000, maxMs: 300_000 };

/**
 * Sends notifications by email until it is closed. Several replicas share the work. An email is claimed before it is sent,
 * and sent again only after a refusal: if the outcome is unknown, it is not.
 */
export function startDigestSender(options: DigestSenderOptions): Closable {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}

async function run(options: DigestSenderOptions, stopping: AbortSignal): Promise<void> {
  for (let failures = 0; !stopping.aborted;) {
    try {
      await planDue(options.store, stopping);
      const isIdle = await sendDue(options, stopping);
      failures = 0;
      if (isIdle) await wait(pollMs, undefined, { signal: stopping }).catch(() => undefined);
    } catch (err) {
      failures += 1;
      const message = 'emails could not be sent';
      logThrottled(options.log, { level: 'warn', key: 'mail', record: { err }, message });
      await waitForBackoff(failures, serviceBackoff, stopping);
    }
  }
}

async function planDue(store: DigestStore, stopping: AbortSignal): Promise<void> {
  await store.giveUpUnknown();
  for (const plan of digestPlans(Date.now()))
    for (let planned = 1; planned > 0 && !stopping.aborted;) planned = await store.plan(plan);
}

/**
 * Sends emails that are due, one after the other.
 * @returns whether none is left
 * @throws the refusal of one that is sent again later
 */
async function sendDue(options: DigestSenderOptions, stopping: AbortSignal): Promise<boolean> {
  for (let sent = 0; sent < sendBatch && !stopping.aborted; sent += 1) {
    const digest = await options.store.claim();
    if (digest === null) return true;
    await send(options, digest);
  }
  return false;
}

async function send(options: DigestSenderOptions, digest: ClaimedDigest): Promise<void> {
  const { store, mailer, links, log } = options;
  const content = await store.contentOf(digest);
  if (content === null) return end(store, digest, 'EMPTY');
  const mail = digestMail(digest, content, links);
  try {
    await mailer.send(mail);
  } catch (failure) {
    if (failure instanceof MailRefusedError) return refused(store, digest, failure);
    logThrottled(log, {
      level: 'warn',
      key: 'mail outcome',
      record: { err: failure },
      message: 'an email may be lost',
    });
    return end(store, digest, 'UNKNOWN');
  }
  await end(store, digest, 'SENT');
  // Someone whom the mail names may have deleted the account meanwhile.
  for (const userId of await store.deletedAmong(mail.people)) await mailer.erase(userId);
}

async function refused(store: DigestStore, digest: ClaimedDigest, failure: MailRefusedError): Promise<void> {
  if (failure.isPermanent || digest.attempts >= maxAttempts) return end(store, digest, 'FAILED');
  await store.postpone(digest.id, backoffDelay(digest.attempts, attemptBackoff) / 1000);
  counter('marquee.mails').add(1, { outcome: 'postponed' });
  throw failure;
}

async function end(
  store: DigestStore,
  { id }: ClaimedDigest,
  outcome: 'SENT' | 'EMPTY' | 'FAILED' | 'UNKNOWN',
): Promise<void> {
  await store.finish(id, outcome);
  counter('marquee.mails').add(1, { outcome: outcome.toLowerCase() });
}
