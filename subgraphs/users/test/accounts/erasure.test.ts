import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { messagesErased, workErased } from '@marquee/events/erasure-events';
import { type Bucket, openBucket } from '../fixtures/bucket-emulator.js';
import { type ForeignEvents, openForeignEvents } from '../fixtures/foreign-events.js';
import { requestUpload } from '../fixtures/uploads.js';
import { codes, openUsersTestbed, type UsersTestbed } from '../fixtures/users-testbed.js';

/** The requests to Cognito and CloudFront, and their next answers instead of a success. */
interface CloudRecorder {
  url: string;
  calls: { operation: string; body: string }[];
  failures: { status: number; body: object }[];
  close(): void;
}

let bucket: Bucket;
let cloud: CloudRecorder;
let events: ForeignEvents;
let testbed: UsersTestbed;
let admin: UserCaller;
beforeAll(async () => {
  [bucket, cloud, events] = [await openBucket(), await openRecorder(), await openForeignEvents()];
  testbed = await openUsersTestbed({
    ...events.variables,
    MEDIA_STORAGE: 's3',
    MEDIA_BUCKET: 'marquee-media-test',
    MEDIA_PUBLIC_URL: 'https://media.example.com',
    MEDIA_DISTRIBUTION_ID: 'E2EXAMPLE12345',
    S3_ENDPOINT: bucket.url,
    CLOUDFRONT_ENDPOINT: cloud.url,
    COGNITO_USER_POOL_ID: 'eu-central-1_Example1',
    COGNITO_ENDPOINT: cloud.url,
  });
  admin = await testbed.person('ADMIN');
});
beforeEach(() => {
  cloud.calls = [];
});
afterAll(async () => {
  await testbed.close();
  await events.close();
  await bucket.close();
  cloud.close();
});

test('a deleted account is removed from the user pool, and its files from storage and caches', async () => {
  const person = await testbed.person();
  await testbed.post(person, 'Hello.');
  const mediaId = await publishPicture(person);
  await deleteAccount(person);
  await reportOtherServices(person);
  const report = await reportOf(person, ({ completedAt }) => completedAt !== null);
  expect(itemsOf(report)).toEqual({
    JOBS: { proposals: 2, folders: 0 },
    MESSAGING: { messages: 3 },
    ACCOUNT: { profiles: 1, activities: 1, likes: 0, notifications: 0, quotas: 2 },
    SIGN_IN: { signIns: 1 },
    UPLOADS: { uploads: 1 },
  });
  expect([...bucket.objects.keys()].filter((key) => key.includes(mediaId))).toEqual([]);
  const user = { UserPoolId: 'eu-central-1_Example1', Username: person.sub };
  expect(cloud.calls.map(({ operation }) => operation).sort()).toEqual([
    '/2020-05-31/distribution/E2EXAMPLE12345/invalidation',
    'AWSCognitoIdentityProviderService.AdminDeleteUser',
    'AWSCognitoIdentityProviderService.AdminDisableUser',
  ]);
  expect(bodiesOf('AdminDisableUser')).toEqual([user]);
  expect(bodiesOf('AdminDeleteUser')).toEqual([user]);
  const invalidation = cloud.calls.find(({ operation }) => operation.startsWith('/'))?.body;
  expect(invalidation).toContain(`<Path>/media/${mediaId}/original.jpg</Path>`);
  expect(JSON.stringify(report)).not.toContain(person.sub);
});

test('a part that fails is attempted again until it is done, and a user who is gone is a success', async () => {
  const person = await testbed.person();
  await publishPicture(person);
  cloud.failures = [internal, internal];
  await deleteAccount(person);
  const open = await reportOf(person, () => true);
  expect(open.completedAt).toBeNull();
  expect(openPartsOf(open)).toEqual(['JOBS', 'MESSAGING', 'SIGN_IN', 'UPLOADS']);
  expect(await openReports()).toContain(person.id);
  cloud.failures = [];
  await reportOtherServices(person);
  await testbed.sql('update erasure_parts set next_attempt_at = now() where erased_at is null');
  const done = await reportOf(person, ({ completedAt }) => completedAt !== null);
  expect(itemsOf(done)).toMatchObject({ SIGN_IN: { signIns: 1 }, UPLOADS: { uploads: 1 } });
  expect(await openReports()).not.toContain(person.id);
}, 60_000);

test('a user whom the pool does not know is no failure', async () => {
  const person = await testbed.person();
  cloud.failures = [{ status: 400, body: { __type: 'UserNotFoundException', message: 'User does not exist.' } }];
  await deleteAccount(person);
  await reportOtherServices(person);
  const report = await reportOf(person, ({ completedAt }) => completedAt !== null);
  expect(itemsOf(report)).toMatchObject({ SIGN_IN: { signIns: 0 } });
});

test('the erasure is complete once each service has reported its part, and the first report of a part remains', async () => {
  const person = await testbed.person();
  await deleteAccount(person);
  const isOpen = (part: string) => (report: Report) => openPartsOf(report).join() === part;
  await events.publish(workErased, { userId: person.id, counts: { proposals: 1 } });
  expect(await reportOf(person, isOpen('MESSAGING'))).toMatchObject({ completedAt: null });
  await events.publish(workErased, { userId: person.id, counts: { proposals: 0 } });
  await events.publish(messagesErased, { userId: person.id, counts: { messages: 0 } });
  const { completedAt, parts, ...report } = await reportOf(person, (one) => one.completedAt !== null);
  expect(itemsOf({ parts })).toMatchObject({ JOBS: { proposals: 1 }, MESSAGING: { messages: 0 } });
  expect(completedAt).toBe(
    parts
      .map(({ erasedAt }) => erasedAt ?? '')
      .sort()
      .at(-1),
  );
  expect(report).toEqual({ userId: person.id });
});

test('only admins see the reports', async () => {
  const person = await testbed.person();
  const document = 'query ($id: ID!) { erasureReport(userId: $id) { id } erasureReports { edges { cursor } } }';
  const ask = async (caller?: UserCaller) =>
    codes(await testbed.request(document, { ...(caller && { caller }), variables: { id: person.id } }));
  expect(await ask(person)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(await ask()).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  expect(await ask(admin)).toEqual([]);
});

interface Report {
  userId: string;
  completedAt: string | null;
  parts: Part[];
}

interface Part {
  name: string;
  erasedAt: string | null;
  items: { kind: string; count: number }[];
}

const internal = { status: 500, body: {} };

async function publishPicture(owner: UserCaller): Promise<string> {
  const { media } = await requestUpload(testbed, owner, { purpose: 'AVATAR', contentType: 'image/jpeg', bytes: 100 });
  bucket.objects.set(`media/${media.id}/original.jpg`, { bytes: Buffer.from('picture'), headers: {} });
  return media.id;
}

function deleteAccount(caller: UserCaller) {
  return testbed.request('mutation { deleteMyAccount(input: {}) { user { id } } }', { caller });
}

/** The events with which the other services answer the deletion. */
async function reportOtherServices({ id: userId }: UserCaller): Promise<void> {
  await events.publish(workErased, { userId, counts: { proposals: 2, folders: 0 } });
  await events.publish(messagesErased, { userId, counts: { messages: 3 } });
}

/** The report, once it is as expected; after 30 s, whatever it is. */
async function reportOf({ id }: UserCaller, holds: (report: Report) => boolean): Promise<Report> {
  const document = `query ($id: ID!) {
    erasureReport(userId: $id) { userId completedAt parts { name erasedAt attempts items { kind count } } }
  }`;
  for (const deadline = Date.now() + 30_000; ; await wait(100)) {
    const { data } = await testbed.request(document, { caller: admin, variables: { id } });
    if (holds(data.erasureReport) || Date.now() > deadline) return data.erasureReport;
  }
}

async function openReports(): Promise<string[]> {
  const document = '{ erasureReports(openOnly: true, first: 100) { edges { node { userId } } } }';
  const { data } = await testbed.request(document, { caller: admin });
  return data.erasureReports.edges.map(({ node }: { node: { userId: string } }) => node.userId);
}

function openPartsOf({ parts }: Report): string[] {
  return parts
    .filter(({ erasedAt }) => erasedAt === null)
    .map(({ name }) => name)
    .sort();
}

function itemsOf({ parts }: Pick<Report, 'parts'>) {
  return Object.fromEntries(
    parts.map(({ name, items }) => [name, Object.fromEntries(items.map(({ kind, count }) => [kind, count]))]),
  );
}

function bodiesOf(operation: string): unknown[] {
  return cloud.calls.filter((call) => call.operation.endsWith(operation)).map(({ body }) => JSON.parse(body));
}

async function openRecorder(): Promise<CloudRecorder> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const operation = String(request.headers['x-amz-target'] ?? request.url);
      const failure = recorder.failures.shift();
      if (!failure) recorder.calls.push({ operation, body });
      const status = failure?.status ?? (operation.startsWith('/') ? 201 : 200);
      response.writeHead(status).end(JSON.stringify(failure?.body ?? {}));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const recorder: CloudRecorder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    failures: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return recorder;
}
