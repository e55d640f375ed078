import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { StoredMail } from '@marquee/chassis/mail/mailbox-directory';
import { digestPlans } from '../../src/emails/digest-plans.js';
import { unsubscribeToken } from '../../src/emails/unsubscribe-token.js';
import { EmailFrequency, NotificationKind } from '../../src/notifications/notification-kinds.js';
import { type MailService, openMailService } from '../fixtures/mail-service.js';
import { badPaths, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

const linkKey = randomBytes(32);
const common = {
  MAIL_SENDER: 'no-reply@marquee.example',
  MAIL_LINK_URL: 'https://graph.marquee.example',
  MAIL_LINK_KEY: linkKey.toString('base64'),
};

describe('with a directory', () => {
  let directory: string;
  let testbed: UsersTestbed;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'marquee-mailbox-'));
    testbed = await openUsersTestbed({ ...common, MAIL_TRANSPORT: 'directory', MAIL_DIRECTORY: directory });
  });
  afterAll(async () => {
    await testbed.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('an email lists the unread notifications, once, and at most every 15 minutes', async () => {
    const [author, ada, ben] = await people(testbed, 3);
    const id = await testbed.post(author, 'Do not <b>quote</b> me.');
    await prefer(testbed, author, 'REPLY', 'IMMEDIATE');
    await prefer(testbed, author, 'LIKE', 'IMMEDIATE');
    await testbed.reply(ada, id, 'Nor me.');
    await testbed.request('mutation { markNotificationsRead(input: {}) { unreadCount } }', { caller: author });
    await testbed.reply(ben, id, 'Nor me.');
    await testbed.like(ada, id);
    await age(testbed, author);
    const [mail, ...others] = await mailsTo(author);
    expect(others).toEqual([]);
    const [from, adas, bens] = await Promise.all([author, ada, ben].map((person) => handleOf(testbed, person)));
    expect(mail).toMatchObject({
      subject: '2 new notifications on Marquee',
      text: expect.stringContaining(
        `Hello @${from},\n\n- @${adas} likes your post.\n- @${bens} replied to your post.\n`,
      ),
      people: [author.id, ada.id, ben.id],
    });
    expect(mail?.text + mail!.html).not.toMatch(/quote|Nor me/);
    // Both are due now, and planned together: the author has had an email a moment ago, and ada none.
    await testbed.reply(ben, id, 'Again.');
    await age(testbed, author);
    const other = await testbed.post(ada, 'Mine.');
    await prefer(testbed, ada, 'REPLY', 'IMMEDIATE');
    await testbed.reply(ben, other);
    await age(testbed, ada);
    expect(await mailsTo(ada)).toHaveLength(1);
    expect(await mailsTo(author)).toHaveLength(1);
  });

  test('its links end one kind or all of them, without a sign-in, and nothing else', async () => {
    const [author, fan] = await people(testbed, 2);
    await prefer(testbed, author, 'LIKE', 'IMMEDIATE');
    await testbed.like(fan, await testbed.post(author, 'Like me.'));
    await age(testbed, author);
    const [mail] = await mailsTo(author);
    expect(mail?.message).toContain(`List-Unsubscribe: <${mail!.unsubscribeUrl}>\r\n`);
    expect(mail?.message).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    const [likes = '', all = ''] = (mail?.text ?? '').match(/https:\S+/g) ?? [];
    expect(mail?.unsubscribeUrl).toBe(likes);
    expect((await unsubscribe(tokenOf(likes))).data.unsubscribeFromEmails.kinds).toEqual(['LIKE']);
    expect(await emailPreferences(author)).toMatchObject({ LIKE: 'NEVER', REPLY: 'DAILY' });
    expect((await unsubscribe(tokenOf(all))).data.unsubscribeFromEmails.kinds).toHaveLength(14);
    expect(new Set(Object.values(await emailPreferences(author)))).toEqual(new Set(['NEVER']));
  });

  test('the end of all emails covers kinds that were never chosen, until the user chooses one', async () => {
    const [author, fan] = await people(testbed, 2);
    await unsubscribe(unsubscribeToken({ userId: author.id, kind: null }, linkKey));
    // A build that does not know that all emails were ended reads these.
    const stored = 'select distinct in_app, email from notification_preferences where user_id = $1 and kind = any($2)';
    expect(await testbed.sql(stored, [author.id, Object.values(NotificationKind)])).toEqual([
      { in_app: true, email: 'NEVER' },
    ]);
    // As if a later build had added this kind.
    await testbed.sql(`delete from notification_preferences where user_id = $1 and kind = 'REPLY'`, [author.id]);
    await testbed.reply(fan, await testbed.post(author, 'Hello.'));
    const frequencies = "select email from notifications where user_id = $1 and kind = 'REPLY' order by id";
    expect(await testbed.sql(frequencies, [author.id])).toEqual([{ email: 'NEVER' }]);
    await prefer(testbed, author, 'REPLY', 'IMMEDIATE');
    const preferences = `mutation { setNotificationPreferences(input: { preferences: [{ kind: MENTION, inApp: false }] }) {
      preferences { kind } } }`;
    await testbed.request(preferences, { caller: author });
    const { REPLY, ...others } = await emailPreferences(author);
    expect([REPLY, new Set(Object.values(others))]).toEqual(['IMMEDIATE', new Set(['NEVER'])]);
    await testbed.reply(fan, await testbed.post(author, 'Hello.'));
    expect(await testbed.sql(frequencies, [author.id])).toEqual([{ email: 'NEVER' }, { email: 'IMMEDIATE' }]);
  });

  test('a link that was changed, has expired or was signed with another key does nothing', async () => {
    const [person, other] = await people(testbed, 2);
    const claim = { userId: person.id, kind: NotificationKind.SYSTEM };
    const [payload = '', signature = ''] = unsubscribeToken(claim, linkKey).split('.');
    const [foreign = ''] = unsubscribeToken({ ...claim, userId: other.id }, linkKey).split('.');
    const days = 24 * 60 * 60 * 1000;
    const tokens = [
      `${foreign}.${signature}`,
      `${payload}.${signature}x`,
      payload,
      `${payload}.${signature}.`,
      unsubscribeToken(claim, linkKey, Date.now() - 61 * days),
      unsubscribeToken(claim, randomBytes(32)),
      '',
      'x'.repeat(501),
    ];
    for (const token of tokens) expect(badPaths(await unsubscribe(token))).toEqual(['input.token']);
    expect(await emailPreferences(person)).toMatchObject({ SYSTEM: 'IMMEDIATE' });
  });

  test('a daily email lists the notifications until the last 7:00, and the later ones wait for the next', async () => {
    const [author, fan, other] = await people(testbed, 3);
    const id = await testbed.post(author, 'Daily.');
    await testbed.reply(fan, id);
    await testbed.reply(other, id);
    const yesterday = `update notifications set added_at = now() - interval '25 hours' where user_id = $1`;
    await testbed.sql(yesterday, [author.id]);
    await testbed.reply(fan, id, 'Later.');
    await prefer(testbed, author, 'LIKE', 'IMMEDIATE');
    expect(await mailsTo(author)).toMatchObject([{ subject: '2 new notifications on Marquee' }]);
    await testbed.like(fan, id);
    await testbed.sql(`update notifications set added_at = now() - interval '2 minutes' where kind = 'LIKE'`);
    const all = await until(
      async () => mailsTo(author),
      ({ length }) => length > 1,
    );
    expect(all.map(({ subject }) => subject)).toEqual([
      `@${await handleOf(testbed, fan)} likes your post`,
      '2 new notifications on Marquee',
    ]);
    const waiting = `select count(*)::integer from notifications where user_id = $1 and digest_id is null`;
    expect(await testbed.sql(waiting, [author.id])).toEqual([{ count: 1 }]);
  });

  test('a notification that is sent by email only is not in the inbox', async () => {
    const [author, fan] = await people(testbed, 2);
    await prefer(testbed, author, 'REPLY', 'IMMEDIATE', false);
    await testbed.reply(fan, await testbed.post(author, 'Hello.'));
    await age(testbed, author);
    expect(await mailsTo(author)).toMatchObject([{ subject: `@${await handleOf(testbed, fan)} replied to your post` }]);
    const { data } = await testbed.request('{ unreadNotificationCount }', { caller: author });
    expect(data.unreadNotificationCount).toBe(0);
  });

  test('deactivated people and people without an address get none', async () => {
    const [author, away, nameless, fan] = await people(testbed, 4);
    for (const person of [author, away, nameless]) {
      await prefer(testbed, person, 'REPLY', 'IMMEDIATE');
      await testbed.reply(fan, await testbed.post(person, 'Hello.'));
    }
    await testbed.sql('update users set is_active = false where id = $1', [away.id]);
    await testbed.sql('update users set email = null where id = $1', [nameless.id]);
    for (const person of [away, nameless, author]) await age(testbed, person);
    expect(await mailsTo(author)).toHaveLength(1);
    const planned = await testbed.sql('select from mail_digests where user_id = any($1)', [[away.id, nameless.id]]);
    expect(planned).toEqual([]);
  });

  test('the deletion of an account removes the mails to it and those that name it', async () => {
    const [author, gone] = await people(testbed, 2);
    for (const person of [author, gone]) await prefer(testbed, person, 'REPLY', 'IMMEDIATE');
    await testbed.reply(gone, await testbed.post(author, 'Hello.'));
    await testbed.reply(author, await testbed.post(gone, 'Hello.'));
    for (const person of [author, gone]) await age(testbed, person);
    expect([await mailsTo(author), await mailsTo(gone)].map(({ length }) => length)).toEqual([1, 1]);
    await testbed.request('mutation { deleteMyAccount(input: {}) { __typename } }', { caller: gone });
    const left = await mails();
    expect(left.filter(({ people: named }) => named.includes(gone.id))).toEqual([]);
    expect(await testbed.sql('select from mail_digests where user_id = $1', [gone.id])).toEqual([]);
  });

  test('the page shows the mails as text', async () => {
    const response = await fetch(`${testbed.url}/mailbox`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('<h1>Mailbox</h1>');
    expect(page).toContain('<a href="https://graph.marquee.example/unsubscribe?token=');
    expect((await readdir(directory)).every((name) => name.endsWith('.json'))).toBe(true);
  });

  async function mails(): Promise<StoredMail[]> {
    const response = await fetch(`${testbed.url}/mailbox`, { headers: { accept: 'application/json' } });
    return ((await response.json()) as { mails: StoredMail[] }).mails;
  }

  /** Waits for the first one. */
  async function mailsTo(person: UserCaller): Promise<StoredMail[]> {
    const address = addressOf(person);
    return until(
      async () => (await mails()).filter(({ to }) => to === address),
      ({ length }) => length > 0,
    );
  }

  function unsubscribe(token: string) {
    const document = `mutation ($token: String!) { unsubscribeFromEmails(input: { token: $token }) { kinds } }`;
    return testbed.request(document, { variables: { token } });
  }

  async function emailPreferences(caller: UserCaller): Promise<Record<string, string>> {
    const { data } = await testbed.request('{ notificationPreferences { kind email } }', { caller });
    const all = data.notificationPreferences as { kind: string; email: string }[];
    return Object.fromEntries(all.map(({ kind, email }) => [kind, email]));
  }
});

describe('with Amazon SES', () => {
  let ses: MailService;
  let testbed: UsersTestbed;
  beforeAll(async () => {
    ses = await openMailService();
    testbed = await openUsersTestbed({ ...common, MAIL_TRANSPORT: 'ses', SES_ENDPOINT: ses.url });
  });
  afterAll(async () => {
    await testbed.close();
    await ses.close();
  });

  test('an email is sent as a signed request, again after a refusal, and never after an unknown outcome', async () => {
    const [first, second, third] = await Promise.all(['throttle', 'hang up', 'reject'].map(openCase));
    // The first answer is a refusal, after which the service pauses for a moment.
    for (const [person, answer, state] of [
      [first, 'throttle', 'PENDING'],
      [second, 'hang up', 'UNKNOWN'],
      [third, 'reject', 'FAILED'],
    ] as const) {
      ses.answers.push(answer);
      await age(testbed, person!);
      expect(await stateOf(person!, (known) => known === state)).toBe(state);
    }
    const [again] = ses.requests;
    await testbed.sql('update mail_digests set next_attempt_at = now() where user_id = $1', [first!.id]);
    expect(await stateOf(first!, (state) => state === 'SENT')).toBe('SENT');
    const addresses = ses.requests.map(({ to }) => to[0]);
    expect(addresses).toEqual([first, second, third, first].map((person) => addressOf(person!)));
    expect(again).toMatchObject({ path: '/v2/email/outbound-emails' });
    expect(again?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=emulator\/\d{8}\/eu-central-1\/ses\/aws4_request/,
    );
    expect(again?.message).toMatch(/^From: Marquee <no-reply@marquee\.example>\r$/m);
    // The outcome of the second one remains unknown.
    expect(await stateOf(second!, () => true)).toBe('UNKNOWN');
  });

  async function openCase(name: string): Promise<UserCaller> {
    const [person, fan] = await people(testbed, 2);
    await prefer(testbed, person, 'REPLY', 'IMMEDIATE');
    await testbed.reply(fan, await testbed.post(person, name));
    return person;
  }

  async function stateOf(person: UserCaller, holds: (state: string | undefined) => boolean) {
    const read = async () => {
      const statement = 'select state from mail_digests where user_id = $1';
      const [digest] = await testbed.sql<{ state: string }>(statement, [person.id]);
      return digest?.state;
    };
    return until(read, (state) => state !== undefined && holds(state));
  }
});

test('daily emails contain the notifications until 7:00 UTC', () => {
  const daily = (at: string) => digestPlans(Date.parse(at)).find(({ frequency }) => frequency === EmailFrequency.DAILY);
  const seven = new Date('2026-03-10T07:00:00Z');
  expect(daily('2026-03-10T07:00:00Z')).toMatchObject({ until: seven, lastMailBefore: seven });
  expect(daily('2026-03-11T06:59:59Z')).toMatchObject({ until: seven, since: new Date('2026-03-08T07:00:00Z') });
});

async function people(testbed: UsersTestbed, count: number): Promise<[UserCaller, UserCaller, UserCaller, UserCaller]> {
  const created = await Promise.all(Array.from({ length: count }, () => testbed.person()));
  for (const person of created)
    await testbed.sql('update users set email = $2 where id = $1', [person.id, addressOf(person)]);
  return created as [UserCaller, UserCaller, UserCaller, UserCaller];
}

function addressOf({ id }: UserCaller): string {
  return `${id}@example.com`;
}

async function handleOf(testbed: UsersTestbed, caller: UserCaller): Promise<string> {
  return (await testbed.request('{ me { handle } }', { caller })).data.me.handle;
}

async function prefer(testbed: UsersTestbed, caller: UserCaller, kind: string, email: string, inApp = true) {
  const document = `mutation ($input: SetNotificationPreferencesInput!) {
    setNotificationPreferences(input: $input) { preferences { kind } } }`;
  const variables = { input: { preferences: [{ kind, email, inApp }] } };
  expect((await testbed.request(document, { caller, variables })).errors).toEqual([]);
}

/** Makes the notifications of a person two minutes older, so that they are due. */
async function age(testbed: UsersTestbed, { id }: UserCaller): Promise<void> {
  await testbed.sql(`update notifications set added_at = now() - interval '2 minutes' where user_id = $1`, [id]);
}

function tokenOf(url: string): string {
  return new URL(url).searchParams.get('token') ?? '';
}

async function until<Result>(read: () => Promise<Result>, holds: (result: Result) => boolean): Promise<Result> {
  for (const deadline = Date.now() + 45_000; ; await wait(50)) {
    const result = await read();
    if (holds(result) || Date.now() > deadline) return result;
  }
}
