import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { buildASTSchema, isEnumType, isObjectType, parse } from 'graphql';
import { createClient, type GraphClient } from './fixtures/graph-client.js';
import { schemaFile, startGraph } from './fixtures/whole-graph.js';

/** A list: the fields that lead to it, with PAGE where its paging arguments belong, and a user who sees several nodes. */
interface List {
  /** The coordinate in the public schema. */
  field: string;
  path: string;
  user?: string;
}

const [admin, hiring, freelancer] = ['dev-admin-001', 'dev-hiring-001', 'dev-freelancer-001'];
const staff = '{ edges { node { internal { ';

const lists: List[] = [
  { field: 'Query.covers', path: 'covers(PAGE)' },
  ...sorted('Query.covers', ['OLDEST', 'PUBLICATION', 'ALPHABETICAL']),
  { field: 'Query.folders', path: 'folders(PAGE)', user: hiring },
  { field: 'Query.freelancers', path: 'freelancers(PAGE)' },
  ...sorted('Query.freelancers', ['ALPHABETICAL', 'FEATURED']),
  { field: 'Query.jobs', path: 'jobs(PAGE)' },
  ...sorted('Query.jobs', ['OLDEST', 'DEADLINE', 'ALPHABETICAL']),
  { field: 'Query.jobs', path: 'jobs(filter: { search: "cover" }, PAGE)' },
  { field: 'Query.myJobs', path: 'myJobs(PAGE)', user: hiring },
  { field: 'Query.myInvitations', path: 'myInvitations(PAGE)', user: freelancer },
  { field: 'Query.myProposals', path: 'myProposals(PAGE)', user: freelancer },
  { field: 'Query.reviewQueue', path: 'reviewQueue(kind: JOB, jobStatuses: [PUBLISHED, CLOSED], PAGE)', user: admin },
  { field: 'Query.conversations', path: 'conversations(PAGE)', user: hiring },
  { field: 'Query.feed', path: 'feed(PAGE)' },
  { field: 'Query.searchActivities', path: 'searchActivities(query: "publisher or cover or profile", PAGE)' },
  { field: 'Query.notifications', path: 'notifications(PAGE)', user: freelancer },
  { field: 'Query.erasureReports', path: 'erasureReports(PAGE)', user: admin },
  { field: 'Query.shows', path: 'shows(PAGE)' },
  ...sorted('Query.shows', ['SLUG', 'FEWEST_EPISODES', 'MOST_EPISODES', 'ALPHABETICAL', 'REVERSE_ALPHABETICAL']),
  { field: 'Query.users', path: 'users(PAGE)' },
  { field: 'Query.users', path: 'users(search: "t", PAGE)' },
  { field: 'User.activities', path: 'users(first: 100) { edges { node { activities(PAGE)' },
  { field: 'User.jobs', path: 'users(first: 100) { edges { node { jobs(PAGE)' },
  { field: 'Show.jobs', path: 'shows(first: 100) { edges { node { jobs(PAGE)' },
  { field: 'Job.proposals', path: 'jobs(first: 100) { edges { node { proposals(PAGE)', user: admin },
  { field: 'Folder.members', path: 'folders { edges { node { members(PAGE)', user: hiring },
  { field: 'FreelancerInternals.notes', path: `freelancers(first: 100) ${staff} notes(PAGE)`, user: admin },
  { field: 'FreelancerInternals.feedback', path: `freelancers(first: 100) ${staff} feedback(PAGE)`, user: admin },
  { field: 'Conversation.messages', path: 'conversations { edges { node { messages(PAGE)', user: hiring },
  { field: 'Activity.replies', path: 'feed(first: 100) { edges { node { replies(PAGE)' },
];

/** The list in further orders than its usual one. */
function sorted(field: string, orders: readonly string[]): List[] {
  const name = field.split('.')[1];
  return orders.map((order) => ({ field, path: `${name}(sort: ${order}, PAGE)` }));
}

/** Only machine clients read them; the tests of webhooks in jobs page them. */
const ofMachineClients = ['Query.webhookEndpoints', 'WebhookEndpoint.deliveries'];

/** Pages of 100 nodes in lists of 100 nodes cost more than a client may spend. */
const unlimited = { GUARD_COST: '1000000', GUARD_RESPONSE_BYTES: '1000000000', RATE_COST_PER_CALLER: '0' };

const closers = new Closers();
let url: string;

beforeAll(async () => {
  ({
    gateway: { url },
  } = await startGraph(closers, { seed: true, messaging: true, gateway: unlimited }));
  await addFurtherNodes();
});
afterAll(() => closers.close());

describe.each(lists)('$path', ({ path, user }) => {
  test('has the same nodes in pages from the start, in pages from the end, and in one page', async () => {
    const client = createClient(url, user === undefined ? {} : { 'x-dev-user-id': user });
    const [whole] = (await readPages(client, path, 'first: 100')).toSorted(
      (one, other) => other.cursors.length - one.cursors.length,
    );
    expect(whole?.cursors.length).toBeGreaterThan(1);
    const { at, cursors, pageInfo } = whole!;
    expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, ...endsOf(cursors) });
    const read = async (page: string) => (await readPages(client, path, page)).find((one) => one.at === at)!;
    expect(await walk(read, 'forward')).toEqual(cursors);
    expect(await walk(read, 'backward')).toEqual(cursors);
  });
});

test('every list is in this test in each of its orders', async () => {
  const schema = buildASTSchema(parse(await readFile(schemaFile('api'), 'utf8')));
  for (const { name, args } of Object.values(schema.getQueryType()!.getFields())) {
    const sort = args.find((argument) => argument.name === 'sort');
    if (!sort || !isEnumType(sort.type)) continue;
    const orders = sort.type.getValues().map((value) => value.name);
    const missing = orders.filter((order) => !lists.some(({ path }) => path.startsWith(`${name}(sort: ${order},`)));
    // The order that applies without the argument, and the one that only pages forward.
    expect([name, missing.filter((order) => order !== 'RELEVANCE')]).toEqual([
      name,
      sort.defaultValue === undefined ? [] : [sort.defaultValue],
    ]);
  }
});

test('every list that pages backward is in this test', async () => {
  const schema = buildASTSchema(parse(await readFile(schemaFile('api'), 'utf8')));
  const backward = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ args }) => args.some(({ name }) => name === 'last'))
        .map(({ name }) => `${type.name}.${name}`),
    );
  const tested = new Set([...lists.map(({ field }) => field), ...ofMachineClients]);
  expect([...tested].toSorted()).toEqual(backward.toSorted());
});

test.each([
  ['first: 1, last: 1', 'last'],
  ['last: 0', 'last'],
  ['last: 101', 'last'],
  ['last: 1, before: "nonsense"', 'before'],
])('refuses the arguments %s', async (page, argument) => {
  const { errors } = await createClient(url).request(`{ jobs(${page}) { pageInfo { hasNextPage } } }`);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path: argument }] } }]);
});

test('a list by relevance only pages forward', async () => {
  const document = '{ freelancers(filter: { search: "cover" }, sort: RELEVANCE, last: 1) { edges { cursor } } }';
  const { errors } = await createClient(url).request(document);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'last' }] } }]);
});

test('totalCount is the number of nodes on all pages, and null for a search', async () => {
  const counted = '{ totalCount edges { cursor } }';
  const document = `{ covers(first: 100) ${counted} freelancers(first: 100) ${counted} jobs(first: 100) ${counted}
    myJobs(first: 100) ${counted} searched: jobs(filter: { search: "cover" }) { totalCount }
    page: jobs(first: 1) { totalCount } }`;
  const data = await createClient(url, { 'x-dev-user-id': hiring }).query(document);
  for (const name of ['covers', 'freelancers', 'jobs', 'myJobs'])
    expect([name, data[name].totalCount]).toEqual([name, data[name].edges.length]);
  expect([data.searched.totalCount, data.page.totalCount]).toEqual([null, data.jobs.totalCount]);
});

/** Adds nodes to the lists of which the example data has fewer than two. */
async function addFurtherNodes(): Promise<void> {
  const staffMember = createClient(url, { 'x-dev-user-id': hiring });
  const [showSlug, profileId, projectTypeId] = await firstIds(staffMember);
  const { myFreelancerProfile } = await createClient(url, { 'x-dev-user-id': freelancer }).query(
    '{ myFreelancerProfile { id } }',
  );
  const ownProfileId = myFreelancerProfile.id;
  for (const title of ['One', 'Two']) {
    await createClient(url, { 'x-dev-user-id': `leaver ${title}` }).mutate('deleteMyAccount', {});
    await staffMember.mutate('createFolder', { name: title });
    await staffMember.mutate('addFeedback', { profileId, body: title });
    const brief = { title, projectTypeId, summary: title, showSlug };
    const { job } = await staffMember.mutate('draftJob', brief, 'job { id }');
    await staffMember.mutate('actOnJob', { jobId: job.id, action: 'SUBMIT' });
    await createClient(url, { 'x-dev-user-id': admin }).mutate('actOnJob', { jobId: job.id, action: 'APPROVE' });
    await staffMember.mutate('inviteToJob', { jobId: job.id, profileIds: [ownProfileId] });
  }
}

async function firstIds(client: GraphClient): Promise<[string, string, string]> {
  const { shows, freelancers, taxonomy } = await client.query(`{ shows(first: 1) { edges { node { slug } } }
    freelancers(first: 1) { edges { node { id } } } taxonomy(category: PROJECT_TYPE) { id } }`);
  return [shows.edges[0].node.slug, freelancers.edges[0].node.id, taxonomy[0].id];
}

interface Page {
  /** The path of the list in the response. */
  at: string;
  cursors: string[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** Reads the same page of all lists at the end of the path. */
async function readPages(client: GraphClient, path: string, page: string): Promise<Page[]> {
  const selection = '{ edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';
  const closing = '}'.repeat(path.split('{').length - path.split('}').length);
  return pagesIn(await client.query(`{ ${path.replace('PAGE', page)} ${selection} ${closing} }`), '');
}

function pagesIn(value: unknown, at: string): Page[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('pageInfo' in value) {
    const { edges, pageInfo } = value as { edges: { cursor: string }[]; pageInfo: Page['pageInfo'] };
    return [{ at, cursors: edges.map(({ cursor }) => cursor), pageInfo }];
  }
  return Object.entries(value).flatMap(([key, part]) => pagesIn(part, `${at}.${key}`));
}

/** Reads the whole list in pages of one or two nodes. @returns the cursors in the order of the list */
async function walk(read: (page: string) => Promise<Page>, direction: 'forward' | 'backward'): Promise<string[]> {
  const isForward = direction === 'forward';
  const found: string[] = [];
  let cursor: string | null = null;
  for (let size = 2; ; size = 3 - size) {
    const position = cursor === null ? '' : `, ${isForward ? 'after' : 'before'}: ${JSON.stringify(cursor)}`;
    const page = await read(`${isForward ? 'first' : 'last'}: ${size}${position}`);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    expect({ startCursor, endCursor }).toEqual(endsOf(page.cursors));
    expect(isForward ? hasPreviousPage : hasNextPage).toBe(cursor !== null);
    if (isForward) found.push(...page.cursors);
    else found.unshift(...page.cursors);
    cursor = isForward ? endCursor : startCursor;
    if (!(isForward ? hasNextPage : hasPreviousPage)) return found;
  }
}

function endsOf(cursors: string[]): Pick<Page['pageInfo'], 'startCursor' | 'endCursor'> {
  return { startCursor: cursors.at(0) ?? null, endCursor: cursors.at(-1) ?? null };
}
