import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Mail, Mailer } from './mail.js';
import { mailMessage } from './mail-message.js';

/** A mail in the directory. */
const storedMail = z.object({
  id: z.uuid(),
  sentAt: z.iso.datetime(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  unsubscribeUrl: z.url(),
  people: z.array(z.string()),
  /** The message as a mail service receives it. */
  message: z.string(),
});

export type StoredMail = z.output<typeof storedMail>;

/** Mails that are kept; the oldest ones go first. */
const maxMails = 200;

/** The mailbox of the embedded run: one file for each mail, which leaves the machine nowhere. */
export interface MailboxDirectory extends Mailer {
  /** The mails, the newest first. */
  list(): Promise<StoredMail[]>;
}

/** @param sender the address of the sender */
export async function openMailboxDirectory(directory: string, sender: string): Promise<MailboxDirectory> {
  await mkdir(directory, { recursive: true });
  return {
    async send(mail) {
      const sentAt = new Date();
      const stored: StoredMail = {
        ...pick(mail),
        sentAt: sentAt.toISOString(),
        message: mailMessage(mail, sender, sentAt),
      };
      const path = join(directory, fileName(stored));
      await writeFile(`${path}.new`, JSON.stringify(stored, null, 2), { mode: 0o600 });
      await rename(`${path}.new`, path);
      for (const name of (await fileNames(directory)).slice(maxMails)) await rm(join(directory, name), { force: true });
    },
    async erase(personId) {
      for (const { name, mail } of await readAll(directory))
        if (mail.people.includes(personId)) await rm(join(directory, name), { force: true });
    },
    list: async () => (await readAll(directory)).map(({ mail }) => mail),
    close: () => undefined,
  };
}

function pick({ id, to, subject, text, html, unsubscribeUrl, people }: Mail): Omit<StoredMail, 'sentAt' | 'message'> {
  return { id, to, subject, text, html, unsubscribeUrl, people: [...people] };
}

function fileName({ id, sentAt }: StoredMail): string {
  return `${sentAt.replaceAll(':', '')}-${id}.json`;
}

/** The newest first, since their names begin with the time. */
async function fileNames(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
  return names.toSorted().toReversed();
}

async function readAll(directory: string): Promise<{ name: string; mail: StoredMail }[]> {
  const found = (await fileNames(directory)).map(async (name) => {
    // Another process may remove the file meanwhile.
    const text = await readFile(join(directory, name), 'utf8').catch(() => null);
    return text === null ? [] : [{ name, mail: storedMail.parse(JSON.parse(text)) }];
  });
  return (await Promise.all(found)).flat();
}
