import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { createClient, createUser, type GraphClient, type UserClient } from './fixtures/graph-client.js';
import { dumpStores, type StoreVariables } from './fixtures/store-dump.js';
import { startGraph } from './fixtures/whole-graph.js';

/** In every text that the person writes, and in no other. */
const mark = 'Quackenbush';

const closers = new Closers();
let url: string;
let stores: StoreVariables;
let admin: UserClient;
let reviewer: UserClient;
let terms: Record<string, string>;

beforeAll(async () => {
  const graph = await startGraph(closers, { messaging: true, events: true });
  url = graph.gateway.url;
  stores = graph.stores;
  admin = await createUser(url, 'ADMIN');
  reviewer = await createUser(url, 'REVIEWER');
  terms = {};
  for (const [category, label] of Object.entries({ AUDIENCE: 'Sailors', STYLE: 'Tar', PROJECT_TYPE: 'Chart' }))
    terms[category] = (await admin.mutate('saveTaxonomyTerm', { category, label }, 'term { id }')).term.id;
});

afterAll(() => closers.close());

test('a deleted person is nowhere: not in any answer, and not in any store', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(poster, 'A cover for the tide');
  const person = await createUser(url, 'FREELANCER');
  const { profileId, conversationId } = await leaveTraces(person, poster, jobId);
  const tables = new Set((await dumpStores(stores)).filter(hasMark).map((row) => row.split(':')[0] ?? ''));
  expect([...tables].filter((name) => !name.startsWith('t_')).sort()).toEqual(tablesWithTraces);
  expect(tables.size).toBe(tablesWithTraces.length + 1);
  expect(hasMark(await crawl(createClient(url), { profileId, jobId, person }))).toBe(true);
  await person.mutate('deleteMyAccount', {});
  expect(await until(async () => (await dumpStores(stores)).filter(hasMark), isEmpty)).toEqual([]);
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
    ACCOUNT: expect.objectContaining({ activities: 1 }),
    SIGN_IN: { signIns: 0 },
    UPLOADS: { uploads: 0 },
    JOBS: expect.objectContaining({
      freelancerProfiles: 1,
      portfolioAssets: 1,
      proposals: 1,
      feedback: 1,
      favorites: 1,
    }),
    MESSAGING: { messages: 1 },
  });
});

test('an export has everything that names the person, page by page, and only the person reads it', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(poster, 'A cover for the ebb');
  const person = await createUser(url, 'FREELANCER');
  const { profileId } = await leaveTraces(person, poster, jobId);
  const notifications = async () =>
    (await dumpStores(stores)).filter((row) => row.startsWith('notifications:') && row.includes(person.id));
  // Of the approval, the invitation, the proposal and the conversation: events bring them.
  expect(await until(notifications, ({ length }) => length === 4)).toHaveLength(4);
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
});

test('a deleted poster leaves closed jobs without content, and their proposals are declined', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(poster, `A job of ${mark}`);
  const freelancer = await createUser(url, 'FREELANCER');
  await approveProfile(freelancer, 'Ben Ivory');
  const proposalId = await propose(freelancer, jobId, 'Letters made of branches.');
  await poster.mutate('deleteMyAccount', {});
  const read = async () => (await freelancer.query(proposalQuery)).myProposals.edges[0].node;
  expect(await until(read, ({ status }) => status === 'DECLINED')).toEqual({
    id: proposalId,
    status: 'DECLINED',
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
  const jobId = await publishJob(poster, 'A poster of a phoenix', { showSlug: slug });
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

test("a deactivated person's profile and jobs are hidden, and come back on reactivation", async () => {
  const person = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(person, 'A poster of moths');
  const profileId = await approveProfile(person, 'Ada Moth');
  const guest = createClient(url);
  const visible = async () => {
    const { freelancer, freelancers, job, jobs } = await guest.query(visibilityQuery, { profileId, jobId });
    const listed = [...freelancers.edges, ...jobs.edges].map(({ node }) => node.id);
    return [freelancer?.id, job?.id, ...listed.filter((id) => id === profileId || id === jobId)].filter(Boolean);
  };
  const both = [profileId, jobId, profileId, jobId];
  expect(await visible()).toEqual(both);
  await admin.mutate('setUserActive', { userId: person.id, isActive: false });
  expect(await until(visible, isEmpty)).toEqual([]);
  await admin.mutate('setUserActive', { userId: person.id, isActive: true });
  expect(await until(visible, ({ length }) => length === 4)).toEqual(both);
});

test('the open jobs of a demoted poster are closed, and their proposals declined', async () => {
  const poster = await createUser(url, 'HIRING_USER');
  const jobId = await publishJob(poster, 'A map of the marsh');
  const freelancer = await createUser(url, 'FREELANCER');
  await approveProfile(freelancer, 'Cy Reed');
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
  feedback: 'feedbackAboutMe',
  freelancer_profiles: 'freelancerProfile',
  job_invitations: 'invitation',
  notifications: 'notification',
  portfolio_assets: 'portfolioAsset',
  profile_notes: 'profileNoteAboutMe',
  proposals: 'proposal',
  users: 'account',
};

/** Copies of ids that expire: published, applied and streamed events. The favorite is that of a reviewer. */
const technicalTables = ['change_log', 'change_streams', 'event_inbox', 'event_outbox', 'favorites'];

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

const proposalQuery = '{ myProposals { edges { node { id status pitch job { title status poster { isGone } } } } } }';

const visibilityQuery = `query ($profileId: ID!, $jobId: ID!) {
  freelancer(id: $profileId) { id } job(id: $jobId) { id }
  freelancers(first: 100) { edges { node { id } } } jobs(first: 100) { edges { node { id } } }
}`;

/** Fills in every text that a freelancer can, with the mark, and adds the notes of others. */
async function leaveTraces(person: UserClient, poster: UserClient, jobId: string) {
  await person.mutate('updateProfile', {
    displayName: `Zeb ${mark}`,
    handle: mark.toLowerCase(),
    bio: `${mark} draws.`,
    location: `${mark}ville`,
    links: [{ label: mark, url: `https://example.com/${mark}` }],
  });
  await person.mutate('postActivity', { message: `${mark} was here.` });
  const profileId = await approveProfile(person, `Zeb ${mark}`);
  await poster.mutate('addFeedback', { profileId, body: `${mark} was on time.` });
  await reviewer.mutate('addProfileNote', { profileId, kind: 'FIT', body: `${mark} fits.` });
  await reviewer.mutate('setFavorite', { profileId, favorite: true });
  await poster.mutate('inviteToJob', { jobId, profileIds: [profileId] });
  await propose(person, jobId, `${mark} proposes.`, `${mark} asks for 100.`);
  const message = { participantIds: [poster.id], firstMessage: `${mark} says hello.` };
  const { conversation } = await person.mutate('startConversation', message, 'conversation { id }');
  await poster.mutate('sendMessage', { conversationId: conversation.id, body: 'Thank you.', clientMessageId: 'one' });
  return { profileId, conversationId: conversation.id as string };
}

/** A profile that is public, with a piece. Returns its id. */
async function approveProfile(owner: UserClient, name: string): Promise<string> {
  const input = {
    name,
    email: `${name.replace(' ', '.')}@example.com`,
    summary: `${name} in short`,
    statement: `I am ${name}.`,
    currentLocations: [`${name} Street`],
    audienceIds: [terms['AUDIENCE']],
    styleIds: [terms['STYLE']],
    hasAgent: true,
    agentDetails: `Agent of ${name}`,
    rateInfo: `${name}: 100`,
    aiDetails: `${name}: none`,
    websiteLinks: [{ label: name, url: 'https://example.com' }],
  };
  const { profile } = await owner.mutate('saveFreelancerProfile', input, 'profile { id }');
  const piece = { title: `Piece of ${name}`, type: 'LINK', url: 'https://example.com/piece' };
  await owner.mutate('addPortfolioAsset', piece);
  await owner.mutate('actOnFreelancerProfile', { profileId: profile.id, action: 'SUBMIT' });
  const approval = { profileId: profile.id, action: 'APPROVE', note: `Welcome, ${name}.` };
  await reviewer.mutate('actOnFreelancerProfile', approval);
  return profile.id;
}

async function publishJob(poster: UserClient, title: string, values: object = {}): Promise<string> {
  const input = { title, projectTypeId: terms['PROJECT_TYPE'], summary: `${title}, in short.`, ...values };
  const { job } = await poster.mutate('draftJob', input, 'job { id }');
  await poster.mutate('actOnJob', { jobId: job.id, action: 'SUBMIT' });
  await reviewer.mutate('actOnJob', { jobId: job.id, action: 'APPROVE' });
  return job.id;
}

async function propose(by: UserClient, jobId: string, pitch: string, quote?: string): Promise<string> {
  const { proposal } = await by.mutate('saveProposal', { jobId, pitch, quote }, 'proposal { id }');
  await by.mutate('submitProposal', { proposalId: proposal.id });
  return proposal.id;
}

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
