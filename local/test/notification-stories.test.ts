import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Role } from '@marquee/chassis/identity/caller';
import type { StoredMail } from '@marquee/chassis/mail/mailbox-directory';
import { Closers } from '@marquee/chassis/process/closers';
import { freePort } from '@marquee/testkit/ports';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service as jobs } from '@marquee/jobs/service';
import { unsubscribeToken } from '@marquee/users/emails/unsubscribe-token';
import pg from 'pg';
import { createClient, type UserClient } from './fixtures/graph-client.js';
import { type FollowedNotification, NotificationInbox } from './fixtures/notification-inbox.js';
import { startGraph, type WholeGraph } from './fixtures/whole-graph.js';

/** A user with a stream of notifications. */
interface Person extends UserClient {
  handle: string;
  email: string;
  inbox: NotificationInbox;
}

const closers = new Closers();
const linkKey = randomBytes(32);
let graph: WholeGraph;
let [admin, reviewer, poster, ana, ben]: Person[] = [];
let terms: Record<string, string>;

beforeAll(async () => {
  graph = await startGraph(closers, { events: true, messaging: true, ...(await serviceOptions()) });
  closers.add(await startReplica());
  const roles: Role[] = ['ADMIN', 'REVIEWER', 'HIRING_USER', 'FREELANCER', 'FREELANCER'];
  const people = await Promise.all(roles.map(createPerson));
  [admin, reviewer, poster, ana, ben] = people;
  const { taxonomy } = await ana!.query('{ taxonomy { id label } }');
  terms = Object.fromEntries(taxonomy.map(({ id, label }: { id: string; label: string }) => [label, id]));
  // Once the first notification has arrived, the later ones are live.
  for (const person of people) await verify(person);
  for (const { inbox } of people) await inbox.next();
});
afterAll(async () => {
  for (const person of [admin, reviewer, poster, ana, ben]) await person?.inbox.close();
  await closers.close();
});

/** The notification that a story has caused. */
interface Caused {
  recipient: Person;
  actor: Person | null;
  subject: { __typename: string; id: string } | null;
}

/** The entities of the stories so far. */
const known: Record<'activity' | 'profile' | 'invited' | 'job' | 'proposal', string> = {
  activity: '',
  profile: '',
  invited: '',
  job: '',
  proposal: '',
};

/** In the order in which they happen. */
const stories: readonly [kind: string, story: () => Promise<Caused>][] = [
  ['SYSTEM', async () => (await verify(ana!), to(ana!))],
  ['REPLY', async () => to(ana!, ben, 'Activity', await reply())],
  ['LIKE', async () => to(ana!, ben, 'Activity', await like())],
  ['MENTION', async () => to(ana!, ben, 'Activity', await post(ben!, `Thank you, @${ana!.handle}!`))],
  ['CHANGES_REQUESTED', async () => to(ana!, null, 'FreelancerProfile', await requestChanges())],
  ['PROFILE_APPROVED', async () => to(ana!, null, 'FreelancerProfile', await approve(ana!, known.profile))],
  ['JOB_APPROVED', async () => to(poster!, null, 'Job', (known.job = await publishJob('A cover with salt in it')))],
  ['INVITED_TO_JOB', async () => to(ben!, poster, 'Job', await inviteBen())],
  ['PROPOSAL_RECEIVED', async () => to(poster!, ana, 'Proposal', (known.proposal = await propose(known.job)))],
  ['PROPOSAL_SHORTLISTED', async () => to(ana!, poster, 'Proposal', await decide('shortlistProposal'))],
  ['PROPOSAL_ACCEPTED', async () => to(ana!, poster, 'Proposal', await decide('acceptProposal'))],
  // The acceptance has closed the job, to which ben was invited.
  ['JOB_CLOSED', async () => to(ben!, null, 'Job', known.job)],
  ['PROPOSAL_DECLINED', async () => to(ana!, poster, 'Proposal', await declineAnother())],
  ['MESSAGE_REQUEST', async () => to(ana!, ben, 'Conversation', await startConversation())],
];

describe('what happens to a person arrives once, live and after a reconnect:', () => {
  test.each(stories)('%s', async (kind, story) => {
    const { recipient, actor, subject } = await story();
    const notification = await recipient.inbox.next();
    const about = actor && { id: actor.id, handle: actor.handle };
    expect(notification).toEqual({ id: expect.any(String), kind, actor: about, subject });
    expect(await recipient.inbox.reconnect()).toEqual(notification);
    expect(await unreadCount(recipient)).toBe(recipient.inbox.received.length);
  });

  test('each kind has a story', async () => {
    const { notificationPreferences } = await ana!.query('{ notificationPreferences { kind } }');
    const kinds = notificationPreferences.map(({ kind }: { kind: string }) => kind);
    expect(stories.map(([kind]) => kind).sort()).toEqual(kinds.sort());
  });

  test('JOB_CLOSED when closesAt passes, for those who were invited and those with an open proposal', async () => {
    const jobId = await publishJob('A cover with a deadline');
    await expectNext(poster!, 'JOB_APPROVED');
    await poster!.mutate('inviteToJob', { jobId, profileIds: [known.invited] });
    await expectNext(ben!, 'INVITED_TO_JOB');
    await propose(jobId);
    await expectNext(poster!, 'PROPOSAL_RECEIVED');
    await write('jobs', `update jobs set closes_at = now() - interval '1 second' where id = $1`, [jobId]);
    const closed = { id: expect.any(String), kind: 'JOB_CLOSED', actor: null };
    for (const { inbox } of [ben!, ana!]) {
      const notification = await inbox.next();
      expect(notification).toEqual({ ...closed, subject: { __typename: 'Job', id: jobId } });
      expect(await inbox.reconnect()).toEqual(notification);
    }
  });

  test('and nothing else arrives', async () => {
    for (const { inbox, ...person } of [poster!, ana!, ben!]) {
      const before = [...inbox.received];
      await verify(person);
      expect(await inbox.next()).toMatchObject({ kind: 'SYSTEM' });
      expect(await inbox.replay(before.length)).toEqual(before);
      expect(await stored(person)).toEqual(inbox.received);
    }
  });
});

describe('a link in an email, at the address of the gateway and without a sign-in,', () => {
  let mail: StoredMail;
  beforeAll(async () => {
    await makeDue(ana!.id);
    mail = await mailTo(ana!.email);
  });

  test('shows a page when it is opened, and ends the emails of its kind by one click, also repeatedly', async () => {
    const link = linkIn(mail, 'Stop emails about the approval of your profile');
    const page = await fetch(link);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('<form method="post">');
    expect(await frequencies(ana!)).toMatchObject({ PROFILE_APPROVED: 'IMMEDIATE' });
    for (const answer of [await oneClick(link), await oneClick(link)]) {
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('These emails have ended');
    }
    expect(await frequencies(ana!)).toMatchObject({ PROFILE_APPROVED: 'NEVER', CHANGES_REQUESTED: 'IMMEDIATE' });
  });

  test('that is forged, has expired or lacks its token ends nothing', async () => {
    const before = await frequencies(ana!);
    const claim = { userId: ana!.id, kind: null };
    const tokens = [
      unsubscribeToken(claim, randomBytes(32)),
      unsubscribeToken(claim, linkKey, Date.now() - 61 * 24 * 60 * 60 * 1000),
      `${new URL(mail.unsubscribeUrl).searchParams.get('token')}x`,
      '',
    ];
    for (const token of tokens) {
      const answer = await oneClick(`${graph.gateway.url}/unsubscribe?token=${token}`);
      expect([token, answer.status]).toEqual([token, 400]);
    }
    expect(await frequencies(ana!)).toEqual(before);
    expect((await fetch(mail.unsubscribeUrl, { method: 'PUT' })).status).toBe(405);
  });

  test('ends all emails as the header of the email says (RFC 8058)', async () => {
    expect(mail.message).toContain(`List-Unsubscribe: <${mail.unsubscribeUrl}>\r\n`);
    expect(mail.message).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect((await oneClick(mail.unsubscribeUrl)).status).toBe(200);
    expect(new Set(Object.values(await frequencies(ana!)))).toEqual(new Set(['NEVER']));
  });
});

/** A second replica of jobs, which also closes jobs. */
function startReplica(): Promise<TestService> {
  const keys = { MEDIA_ID_KEY: randomBytes(32).toString('base64'), WEBHOOK_KEYS: randomBytes(32).toString('base64') };
  return startService(jobs, { ...graph.stores['jobs'], ...keys, JOB_CLOSING_SECONDS: '0.2' });
}

/** A mailbox whose links lead to the gateway, and replicas that often look for jobs to close. */
async function serviceOptions() {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-stories-'));
  closers.add({ close: () => rm(directory, { recursive: true, force: true }) });
  const port = String(await freePort());
  const services = {
    MAIL_TRANSPORT: 'directory',
    MAIL_DIRECTORY: directory,
    MAIL_SENDER: 'no-reply@marquee.example',
    MAIL_LINK_URL: `http://127.0.0.1:${port}`,
    MAIL_LINK_KEY: linkKey.toString('base64'),
    JOB_CLOSING_SECONDS: '0.2',
  };
  return { services, gateway: { PORT: port } };
}

async function createPerson(role: Role): Promise<Person> {
  const sub = `sub-${randomBytes(8).toString('hex')}`;
  const email = `${sub}@example.com`;
  const headers = { 'x-dev-user-id': sub, 'x-dev-role': role, 'x-dev-email': email };
  const client = createClient(graph.gateway.url, headers);
  const { me } = await client.query('{ me { id handle } }');
  const inbox = new NotificationInbox(`${graph.gateway.url}/graphql`, headers);
  return { ...client, id: me.id, handle: me.handle, email, inbox };
}

function to(recipient: Person, actor: Person | null = null, __typename?: string, id = ''): Caused {
  return { recipient, actor, subject: __typename === undefined ? null : { __typename, id } };
}

/** Verifies a person, again if that is necessary. */
async function verify({ id: userId }: Pick<Person, 'id'>): Promise<void> {
  for (const verified of [false, true]) await admin!.mutate('setUserVerified', { userId, verified });
}

async function post(author: Person, message: string): Promise<string> {
  return (await author.mutate('postActivity', { message }, 'activity { id }')).activity.id;
}

async function reply(): Promise<string> {
  known.activity = await post(ana!, 'The tide is out.');
  const input = { activityId: known.activity, message: 'It comes back.' };
  return (await ben!.mutate('replyToActivity', input, 'activity { id }')).activity.id;
}

async function like(): Promise<string> {
  await ben!.mutate('setActivityLike', { activityId: known.activity, liked: true });
  return known.activity;
}

async function submitProfile(owner: Person): Promise<string> {
  const profile = {
    name: owner.handle,
    email: owner.email,
    statement: 'I draw what the tide leaves.',
    currentLocations: ['Lisbon, Portugal'],
    audienceIds: [terms['Adults']],
    styleIds: [terms['Gouache']],
  };
  const saved = await owner.mutate('saveFreelancerProfile', profile, 'profile { id }');
  const asset = { title: 'Branches', type: 'LINK', url: 'https://example.com/branches' };
  await owner.mutate('addPortfolioAsset', asset);
  await owner.mutate('actOnFreelancerProfile', { profileId: saved.profile.id, action: 'SUBMIT' });
  return saved.profile.id;
}

async function requestChanges(): Promise<string> {
  known.profile = await submitProfile(ana!);
  const input = { profileId: known.profile, action: 'REQUEST_CHANGES', note: 'Please add two covers.' };
  await reviewer!.mutate('actOnFreelancerProfile', input);
  return known.profile;
}

async function approve(owner: Person, profileId: string): Promise<string> {
  const { freelancer } = await owner.query('query ($id: ID!) { freelancer(id: $id) { status } }', { id: profileId });
  if (freelancer.status === 'CHANGES_REQUESTED')
    await owner.mutate('actOnFreelancerProfile', { profileId, action: 'SUBMIT' });
  await reviewer!.mutate('actOnFreelancerProfile', { profileId, action: 'APPROVE' });
  return profileId;
}

async function publishJob(title: string): Promise<string> {
  const brief = { title, projectTypeId: terms['Cover design'], summary: 'Trees at low tide.' };
  const { job } = await poster!.mutate('draftJob', brief, 'job { id }');
  await poster!.mutate('actOnJob', { jobId: job.id, action: 'SUBMIT' });
  await reviewer!.mutate('actOnJob', { jobId: job.id, action: 'APPROVE' });
  return job.id;
}

async function inviteBen(): Promise<string> {
  const profileId = await approve(ben!, await submitProfile(ben!));
  await expectNext(ben!, 'PROFILE_APPROVED');
  await poster!.mutate('inviteToJob', { jobId: known.job, profileIds: [profileId] });
  known.invited = profileId;
  return known.job;
}

async function propose(jobId: string): Promise<string> {
  const input = { jobId, pitch: 'Gouache, and real salt.', estimatedDays: 20 };
  const { proposal } = await ana!.mutate('saveProposal', input, 'proposal { id }');
  await ana!.mutate('submitProposal', { proposalId: proposal.id });
  return proposal.id;
}

async function decide(decision: string, proposalId = known.proposal): Promise<string> {
  await poster!.mutate(decision, { proposalId });
  return proposalId;
}

async function declineAnother(): Promise<string> {
  const jobId = await publishJob('A chart of the bay');
  await expectNext(poster!, 'JOB_APPROVED');
  const proposalId = await propose(jobId);
  await expectNext(poster!, 'PROPOSAL_RECEIVED');
  return decide('declineProposal', proposalId);
}

async function startConversation(): Promise<string> {
  const input = { participantIds: [ana!.id], firstMessage: 'May I ask how you draw salt?' };
  return (await ben!.mutate('startConversation', input, 'conversation { id }')).conversation.id;
}

async function expectNext({ inbox }: Person, kind: string): Promise<void> {
  expect(await inbox.next()).toMatchObject({ kind });
}

async function unreadCount(person: Pick<Person, 'query'>): Promise<number> {
  return (await person.query('{ unreadNotificationCount }')).unreadNotificationCount;
}

/** The notifications of a person, the oldest first. */
async function stored(person: Pick<Person, 'query'>): Promise<FollowedNotification[]> {
  const document = `{ notifications(first: 50) { edges { node { ${NotificationInbox.fields} } } } }`;
  const { notifications } = await person.query(document);
  return notifications.edges.map(({ node }: { node: FollowedNotification }) => node).reverse();
}

/** How each kind is sent to a person by email. */
async function frequencies(person: Person): Promise<Record<string, string>> {
  const { notificationPreferences } = await person.query('{ notificationPreferences { kind email } }');
  const all = notificationPreferences as { kind: string; email: string }[];
  return Object.fromEntries(all.map(({ kind, email }) => [kind, email]));
}

/** Makes the notifications of a user two minutes older, so that their email is due. */
async function makeDue(userId: string): Promise<void> {
  await write('users', `update notifications set added_at = now() - interval '2 minutes' where user_id = $1`, [userId]);
}

/** Runs a statement in the store of a service. */
async function write(service: string, statement: string, values: readonly string[]): Promise<void> {
  const { DATABASE_URL, DATABASE_SCHEMA } = graph.stores[service]!;
  const client = new pg.Client({ connectionString: DATABASE_URL, options: `-c search_path=${DATABASE_SCHEMA}` });
  await client.connect();
  await client.query(statement, [...values]);
  await client.end();
}

async function mailTo(address: string): Promise<StoredMail> {
  for (const deadline = Date.now() + 60_000; ; await wait(100)) {
    const response = await fetch(`${graph.services['users']!.url}/mailbox`, {
      headers: { accept: 'application/json' },
    });
    const { mails } = (await response.json()) as { mails: StoredMail[] };
    const found = mails.find((mail) => mail.to === address);
    if (found) return found;
    if (Date.now() > deadline) throw new Error('No email arrived within 60 s.');
  }
}

function linkIn({ text }: StoredMail, label: string): string {
  return text.split(`${label}:\n`)[1]?.split('\n')[0] ?? '';
}

function oneClick(link: string): Promise<Response> {
  return fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
}
