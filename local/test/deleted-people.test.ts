import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { createClient, createUser, type GraphClient, type UserClient } from './fixtures/graph-client.js';
import {
  approveProfile,
  leaveTraces,
  leaveTracesOfPoster,
  mailVariables,
  mark,
  propose,
  publishJob,
} from './fixtures/person-traces.js';
import { changeRows, dumpStores, type StoreVariables } from './fixtures/store-dump.js';
import { startGraph } from './fixtures/whole-graph.js';

const closers = new Closers();
let url: string;
let stores: StoreVariables;
let admin: UserClient;
let reviewer: UserClient;
let terms: Record<string, string>;
let mailbox: string;

beforeAll(async () => {
  const services = await mailVariables(closers);
  mailbox = services['MAIL_DIRECTORY']!;
  const graph = await startGraph(closers, { messaging: true, events: true, services });
  url = graph.gateway.url;
  stores = graph.stores;
  admin = await createUser(url, 'ADMIN');
  reviewer = await createUser(url, 'REVIEWER');
  terms = {};
  for (const [category, label] of Object.entries({ AUDIENCE: 'Sailors', STYLE: 'Tar', PROJECT_TYPE: 'Chart' }))
    terms[category] = (await admin.mutate('saveTaxonomyTerm', { category, label }, 'term { id }')).term.id;
});

afterAll(() => closers.close());

test('a deleted person is nowhere: not in any answer, and in no store, file or mail', async () => {
  const poster = await createUser(url, 'HIRING_USER', 'poster@example.com');
  const surroundings = { admin, reviewer, poster, terms };
  const jobId = await publishJob(poster, 'A cover for the tide', surroundings);
  const person = await createUser(url, 'FREELANCER', `${mark}@example.com`);
  for (const reader of [poster, person])
    await reader.mutate('setNotificationPreferences', { preferences: immediateEmails });
  const { profileId, conversationId, files } = await leaveTraces(person, jobId, surroundings);
  const tables = new Set((await dumpStores(stores)).filter(hasMark).map((row) => row.split(':')[0] ?? ''));
  expect([...tables].filter((name) => !name.startsWith('t_')).sort()).toEqual(tablesWithTraces);
  expect(tables.size).toBe(tablesWithTraces.length + 1);
  expect(hasMark(await crawl(createClient(url), { profileId, jobId, person }))).toBe(true);
  expect(await Promise.all(files.map(statusOf))).toEqual(files.map(() => 200));
  // One to the person, and one to the poster that names them.
  const recipients = ['poster@example.com', `${mark}@example.com`];
  const mailed = async () => {
    await changeRows(stores, 'users', age);
    return (await mails()).filter(hasMark).map((mail) => (JSON.parse(mail) as { to: string }).to);
  };
  const found = await until(mailed, (to) => recipients.every((recipient) => to.includes(recipient)));
  expect(found).toEqual(expect.arrayContaining(recipients));
  await person.mutate('deleteMyAccount', { confirmHandle: mark.toLowerCase() });
  expect(await until(async () => (await dumpStores(stores)).filter(hasMark), isEmpty)).toEqual([]);
  expect(await until(async () => (await mails()).filter(hasMark), isEmpty)).toEqual([]);
  const kept = async () => (await Promise.all(files.map(statusOf))).filter((status) => status !== 404);
  expect(await until(kept, isEmpty)).toEqual([]);
  for (const reader of [createClient(url), poster, reviewer, admin])
    expect(hasMark(await crawl(reader, { profileId, jobId, person }))).toBe(false);
  expect(await messagesOf(poster, conversationId)).toEqual(['This message was deleted.', 'Thank you.']);
  const report = await until(
    () => erasureOf(person),
    ({ completedAt }) => completedAt !== null,
  );
  expect(hasMark(JSON.stringify(report))).toBe(false);
  expect(report).toMatchObject({ userId: person.id, completedAt: expect.any(String) });
  const items = Object.fromEntries(report.parts.map(({ name, ...part }) => [name, countsOf(part.items)]));
  expect(items).toEqual({
    ACCOUNT: expect.objectContaining({ activities: 2, likes: 1 }),
    SIGN_IN: { signIns: 0 },
    UPLOADS: { uploads: 3 },
    JOBS: expect.objectContaining({
      freelancerProfiles: 1,
      portfolioAssets: 2,
      proposals: 1,
      feedback: 1,
      favorites: 1,
      coverCredits: 1,
    }),
    MESSAGING: { messages: 2 },
  });
});

test('an export has everything that names the person, page by page, and only the person reads it', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const surroundings = { admin, reviewer, poster, terms };
  const jobId = await publishJob(poster, 'A cover for the ebb', surroundings);
  const person = await createUser(url, 'FREELANCER', `${mark}@example.com`);
  const { profileId } = await leaveTraces(person, jobId, surroundings);
  const notifications = async () =>
    (await dumpStores(stores)).filter((row) => row.startsWith('notifications:') && row.includes(person.id));
  // Of the reply, the like, the approval, the invitation, the proposal and the conversation.
  expect(await until(notifications, ({ length }) => length === 6)).toHaveLength(6);
  const { export: started } = await person.mutate('exportMyData', {}, 'export { id expiresAt }');
  expect(Date.parse(started.expiresAt) - Date.now()).toBeGreaterThan(3_000_000);
  const records = await exportedRecords(person, started.id, 2);
  expect(await exportedRecords(person, started.id, 100)).toEqual(records);
  const archive = JSON.stringify(records);
  const named = (await dumpStores(stores)).filter((row) => row.includes(person.id) || row.includes(profileId));
  const found = new Set(named.map((row) => row.split(':')[0] ?? '').filter((table) => !table.startsWith('t_')));
  const kinds = new Set(records.map(({ kind }) => kind));
  const exported = Object.entries(exportedTables).flatMap(([table, kind]) => (kinds.has(kind) ? table : []));
  expect([...found].filter((table) => !technicalTables.includes(table)).sort()).toEqual(exported.sort());
  const marks = (text: string) => new Set(text.match(new RegExp(`[\\w ]*${mark}[\\w ]*`, 'g')));
  expect([...marks(named.join('\n'))].filter((text) => !archive.includes(text))).toEqual([]);
  expect(kinds.has('conversation') && kinds.has('message')).toBe(true);
  expect(
    (await poster.query('query ($id: ID!) { dataExport(id: $id) { id } }', { id: started.id })).dataExport,
  ).toBeNull();
  await person.mutate('deleteMyAccount', {});
});

test('a deleted poster leaves closed jobs without content, and their proposals are declined', async () => {
  const poster = await createUser(url, 'HIRING_USER', `${mark}@example.com`);
  const surroundings = { admin, reviewer, poster, terms };
  const jobId = await publishJob(poster, `A job of ${mark}`, surroundings);
  const freelancer = await createUser(url, 'FREELANCER');
  const profileId = await approveProfile(freelancer, 'Ben Ivory', surroundings);
  const proposalId = await propose(freelancer, jobId, 'Letters made of branches.');
  await leaveTracesOfPoster(poster, profileId, surroundings);
  await poster.mutate('deleteMyAccount', {});
  const rowsWithMark = async () => (await dumpStores(stores)).filter((row) => hasMark(row));
  expect(await until(rowsWithMark, isEmpty)).toEqual([]);
  const read = async () => (await freelancer.query(proposalQuery)).myProposals.edges[0].node;
  expect(await until(read, ({ status }) => status === 'DECLINED')).toEqual({
    id: proposalId,
    status: 'DECLINED',
    declinedBecause: 'POSTER_LEFT',
    pitch: 'Letters made of branches.',
    job: { title: 'Deleted job', status: 'CLOSED', poster: { isGone: true } },
  });
});

test('the service of media learns when the use of a file by a job begins and ends', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const upload = { purpose: 'JOB_ATTACHMENT', contentType: 'image/png', bytes: 1000 };
  const mediaId: string = (await poster.mutate('createUpload', upload, 'media { id }')).media.id;
  const input = { title: 'A chart', projectTypeId: terms['PROJECT_TYPE'], attachmentIds: [mediaId] };
  const jobId: string = (await poster.mutate('draftJob', input, 'job { id }')).job.id;
  const uses = async () =>
    (await dumpStores(stores)).filter((row) => row.startsWith('media_uses:') && row.includes(mediaId));
  const use = (isUsed: string) => expect.stringContaining(`(${mediaId},JOB_ATTACHMENT,${jobId},${isUsed},`);
  expect(await until(uses, ({ length }) => length > 0)).toEqual([use('t')]);
  await poster.mutate('updateJob', { jobId, attachmentIds: [] });
  expect(await until(uses, ([row = '']) => row.includes(',f,'))).toEqual([use('f')]);
});

test('a job does not refer to a deleted show, nor to another one that gets its slug', async () => {
  const slug = 'show/phoenix';
  await admin.mutate('importShows', { payload: [{ slug, title: 'The old one' }] });
  const poster = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(
    poster,
    'A poster of a phoenix',
    { admin, reviewer, poster: poster, terms },
    { showSlug: slug },
  );
  const guest = createClient(url);
  const query =
    'query ($jobId: ID!, $slug: ID!) { job(id: $jobId) { show { title } } show(slug: $slug) { jobs { edges { node { id } } } } }';
  const read = () => guest.query(query, { jobId, slug });
  expect(await read()).toEqual({
    job: { show: { title: 'The old one' } },
    show: { jobs: { edges: [{ node: { id: jobId } }] } },
  });
  await admin.mutate('deleteShow', { slug });
  await admin.mutate('importShows', { payload: [{ slug, title: 'The new one' }] });
  expect(await until(read, ({ job }) => job.show === null)).toEqual({
    job: { show: null },
    show: { jobs: { edges: [] } },
  });
});

test("a deactivated person's profile, jobs and activities are hidden, and come back on reactivation", async () => {
  const person = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(person, 'A poster of moths', { admin, reviewer, poster: person, terms });
  const profileId = await approveProfile(person, 'Ada Moth', { admin, reviewer, poster: person, terms });
  const { activity } = await person.mutate('postActivity', { message: 'Moths at noon.' }, 'activity { id }');
  const guest = createClient(url);
  const ids = { profileId, jobId, activityId: activity.id as string };
  const visible = async () => {
    const { freelancer, freelancers, job, jobs, feed, ...single } = await guest.query(visibilityQuery, ids);
    const listed = [...freelancers.edges, ...jobs.edges, ...feed.edges].map(({ node }) => node.id);
    const shown = listed.filter((id) => Object.values(ids).includes(id));
    return [freelancer?.id, job?.id, single.activity?.id, ...shown].filter(Boolean);
  };
  const all = [...Object.values(ids), ...Object.values(ids)];
  expect(await visible()).toEqual(all);
  await admin.mutate('setUserActive', { userId: person.id, isActive: false });
  expect(await until(visible, isEmpty)).toEqual([]);
  await admin.mutate('setUserActive', { userId: person.id, isActive: true });
  expect(await until(visible, ({ length }) => length === all.length)).toEqual(all);
});

test('the open jobs of a demoted poster are closed, and their proposals declined', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(poster, 'A map of the marsh', { admin, reviewer, poster: poster, terms });
  const freelancer = await createUser(url, 'FREELANCER');
  await approveProfile(freelancer, 'Cy Reed', { admin, reviewer, poster: freelancer, terms });
  await propose(freelancer, jobId, 'Ink and mud.');
  await admin.mutate('setUserRole', { userId: poster.id, role: 'FREELANCER' });
  const read = async () => (await freelancer.query(proposalQuery)).myProposals.edges[0].node;
  expect(await until(read, ({ status }) => status === 'DECLINED')).toMatchObject({
    job: { title: 'A map of the marsh', status: 'CLOSED' },
  });
});

/** The tables of Postgres with texts of the person, or about them; one table of DynamoDB has messages. */
const tablesWithTraces = [
  'activities',
  'cover_contributors',
  'feedback',
  'freelancer_profiles',
  'portfolio_assets',
  'profile_notes',
  'proposals',
  'users',
];

/** The tables of Postgres with rows that name the person after `leaveTraces`, and the kinds of their records. */
const exportedTables: Readonly<Record<string, string>> = {
  action_quotas: 'quota',
  activities: 'activity',
  cover_contributors: 'coverContribution',
  feedback: 'feedbackAboutMe',
  freelancer_profiles: 'freelancerProfile',
  job_invitations: 'invitation',
  likes: 'like',
  media: 'upload',
  notification_actors: 'notifiedLike',
  notifications: 'notification',
  portfolio_assets: 'portfolioAsset',
  profile_notes: 'profileNoteAboutMe',
  proposals: 'proposal',
  users: 'account',
};

/** Copies of ids: published, applied and streamed events, and uses of uploads. The favorite is that of a reviewer. */
const technicalTables = ['change_log', 'change_streams', 'event_inbox', 'event_outbox', 'favorites', 'media_uses'];

const immediateEmails = ['PROPOSAL_RECEIVED', 'INVITED_TO_JOB'].map((kind) => ({ kind, email: 'IMMEDIATE' }));

/** Makes emails due: each waits for a while after its notification and after the email before. */
const age = `update notifications set added_at = now() - interval '5 minutes' where digest_id is null;
  update mail_digests set created_at = created_at - interval '1 hour'`;

/** The texts of all mails. */
async function mails(): Promise<string[]> {
  const names = (await readdir(mailbox)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map((name) => readFile(join(mailbox, name), 'utf8').catch(() => '')));
}

async function statusOf(file: string): Promise<number> {
  return (await fetch(file)).status;
}

interface ExportedRecord {
  kind: string;
  data: Record<string, unknown>;
}

interface ExportedPage {
  edges: { node: ExportedRecord }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** All records of an export. @param first the size of a page */
async function exportedRecords(person: UserClient, id: string, first: number): Promise<ExportedRecord[]> {
  const records: ExportedRecord[] = [];
  for (const field of ['accountRecords', 'workRecords', 'messageRecords', 'showRecords']) {
    const document = `query ($id: ID!, $first: Int, $after: String) { dataExport(id: $id) {
      page: ${field}(first: $first, after: $after) { edges { node { kind data } } pageInfo { hasNextPage endCursor } } } }`;
    for (let after: string | null = null, more = true; more;) {
      const { page }: { page: ExportedPage } = (await person.query(document, { id, first, after })).dataExport;
      records.push(...page.edges.map(({ node }) => node));
      [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
    }
  }
  return records;
}

const proposalQuery =
  '{ myProposals { edges { node { id status declinedBecause pitch job { title status poster { isGone } } } } } }';

const visibilityQuery = `query ($profileId: ID!, $jobId: ID!, $activityId: ID!) {
  freelancer(id: $profileId) { id } job(id: $jobId) { id } activity(id: $activityId) { id }
  feed(first: 20) { edges { node { id } } }
  freelancers(first: 100) { edges { node { id } } } jobs(first: 100) { edges { node { id } } }
}`;

/** Everything that a caller can read about a person; fields that the caller may not read are null. */
async function crawl(reader: GraphClient, ids: { profileId: string; jobId: string; person: UserClient }) {
  const { profileId, jobId, person } = ids;
  const responses = crawlQueries.map(async (document) => {
    const { data, errors } = await reader.request(document, { profileId, jobId, userId: person.id });
    expect(errors.filter(({ extensions }) => extensions['code'] === 'BAD_USER_INPUT')).toEqual([]);
    return JSON.stringify(data);
  });
  return (await Promise.all(responses)).join('\n');
}

const profileFields = `id slug name pronouns summary statement currentLocations rateInfo aiDetails websiteLinks { label }
  owner { displayName handle } portfolio { title }`;

const crawlQueries = [
  `query ($userId: ID!) { user(id: $userId) { handle displayName bio location links { label url }
    freelancerProfile { ${profileFields} } activities(first: 5) { edges { node { message } } } } }`,
  `{ users(search: "${mark}", first: 5) { edges { node { displayName } } } }`,
  '{ feed(first: 20) { edges { node { message author { displayName } } } } }',
  `{ searchActivities(query: "${mark}", first: 5) { edges { node { message } } } }`,
  `query ($profileId: ID!) { freelancer(id: $profileId) { ${profileFields} internal { email agentDetails
    notes(first: 5) { edges { node { body } } } feedback(first: 5) { edges { node { body } } } } } }`,
  `{ freelancers(filter: { search: "${mark}" }, first: 5) { edges { node { ${profileFields} } } } }`,
  `query ($jobId: ID!) { job(id: $jobId) { title summary invited { name }
    proposals(first: 5) { edges { node { pitch quote freelancer { name } } } } } }`,
];

async function messagesOf(reader: UserClient, id: string): Promise<string[]> {
  const document = `query ($id: ID!) { conversation(id: $id) { lastMessage { body } messages { edges { node { body } } } } }`;
  const { conversation } = await reader.query(document, { id });
  return conversation.messages.edges.map(({ node }: { node: { body: string } }) => node.body);
}

interface ErasureReport {
  userId: string;
  completedAt: string | null;
  parts: { name: string; items: { kind: string; count: number }[] }[];
}

async function erasureOf({ id }: UserClient): Promise<ErasureReport> {
  const document = `query ($id: ID!) {
    erasureReport(userId: $id) { userId completedAt parts { name items { kind count } } } }`;
  return (await admin.query(document, { id })).erasureReport;
}

function countsOf(items: ErasureReport['parts'][number]['items']): Record<string, number> {
  return Object.fromEntries(items.map(({ kind, count }) => [kind, count]));
}

function hasMark(text: string): boolean {
  return text.toLowerCase().includes(mark.toLowerCase());
}

function isEmpty({ length }: readonly unknown[]): boolean {
  return length === 0;
}

/** Reads until the result holds, for up to a minute, and returns the last one. */
async function until<Result>(read: () => Promise<Result>, holds: (result: Result) => boolean): Promise<Result> {
  for (const deadline = Date.now() + 55_000; ; await wait(200)) {
    const result = await read();
    if (holds(result) || Date.now() > deadline) return result;
  }
}
