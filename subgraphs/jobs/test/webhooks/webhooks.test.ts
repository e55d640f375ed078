import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { guest, type MachineCaller } from '@marquee/chassis/identity/caller';
import { jobPublished } from '@marquee/events/job-events';
import { showChanged, showDeleted } from '@marquee/events/show-events';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { type NameServer, openNameServer } from '@marquee/testkit/name-server';
import { webhookReactions } from '../../src/webhooks/webhook-reactions.js';
import { errorCodes, openJobFixture, type JobFixture } from '../fixtures/job-fixture.js';
import { startJobs } from '../fixtures/jobs-service.js';
import { isSignedWith, openReceiver, type WebhookReceiver } from '../fixtures/webhook-receiver.js';

/** Of this machine, of private networks and of their metadata services, also written as IPv6 addresses and numbers. */
const privateAddresses = [
  'https://0.0.0.0/',
  'https://10.0.0.1/hook',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://172.31.255.255/',
  'https://192.168.1.1/',
  'https://0x0a000001/',
  'https://10.1/',
  'https://[::]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[::10.0.0.1]/',
  'https://[64:ff9b::10.0.0.1]/',
  'https://[64:ff9b:1::a00:1]/',
  'https://[2002:a00:1::]/',
];

let fixture: JobFixture;
let receiver: WebhookReceiver;
let nameServer: NameServer;
/** Whether the name servers of the hosts in `slow.test` answer. */
let answersSlowNames = true;
beforeAll(async () => {
  receiver = await openReceiver();
  nameServer = await openNameServer((name) => {
    if (name === 'rebinding.test') return ['10.0.0.1'];
    // A public address: names of private networks are refused whatever they resolve to.
    if (name.endsWith('.internal')) return ['1.1.1.1'];
    if (!name.endsWith('.slow.test')) return [];
    return answersSlowNames ? ['127.0.0.1'] : null;
  });
  fixture = await openJobFixture({
    WEBHOOK_NAME_SERVERS: nameServer.address,
    WEBHOOK_ALLOW_LOOPBACK: 'true',
    WEBHOOK_DELAY_FACTOR: '0.01',
    WEBHOOK_TIMEOUT_SECONDS: '2',
  });
});
afterAll(async () => {
  await fixture.close();
  receiver.close();
  nameServer.close();
});

describe('the endpoints of a client', () => {
  test('are managed only by a machine client with the scope, and by no other one', async () => {
    const owner = client();
    const { endpoint } = await register(owner, '/private');
    const input = { input: { endpointId: endpoint.id } };
    const remove =
      'mutation ($input: DeleteWebhookEndpointInput!) { deleteWebhookEndpoint(input: $input) { endpointId } }';
    const codeOf = async (caller: Parameters<JobFixture['request']>[1]) =>
      errorCodes(await fixture.request(remove, caller, input));
    expect(await codeOf(guest)).toEqual(['UNAUTHENTICATED']);
    expect(await codeOf(userCaller('ADMIN'))).toEqual(['FORBIDDEN']);
    expect(await codeOf(machineCaller('shows.read'))).toEqual(['FORBIDDEN']);
    expect(await codeOf(client())).toEqual(['NOT_FOUND']);
    expect(await readEndpoint(client(), endpoint.id)).toBeNull();
    expect(await codeOf(owner)).toEqual([]);
    expect(await readEndpoint(owner, endpoint.id)).toBeNull();
  });

  test('are at most ten, also when they are registered at the same time', async () => {
    const owner = client();
    const answers = await Promise.all(Array.from({ length: 12 }, () => tryRegister(owner, `${receiver.url}/many`)));
    expect(answers.flatMap(errorCodes)).toEqual(['CONFLICT', 'CONFLICT']);
  });

  test.each([
    ...privateAddresses,
    'https://user:secret@example.com/',
    'https://no-such-host.invalid/',
    'https://intranet/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://rebinding.internal./',
  ])('do not have the address %s', async (url) => {
    expect(errorCodes(await tryRegister(client(), url))).toEqual(['BAD_USER_INPUT']);
  });

  test('are public https addresses, unless a test allows others', async () => {
    const strict = await startJobs();
    const document = createMutation;
    for (const url of [
      'http://example.com/',
      'https://example.com:8443/',
      'https://localhost/',
      'https://127.0.0.1/',
    ]) {
      const variables = { input: { url, eventTypes: ['SHOW_CHANGED'] } };
      const answer = await strict.request(document, { caller: client(), variables });
      expect([url, ...errorCodes(answer)]).toEqual([url, 'BAD_USER_INPUT']);
    }
    await strict.close();
    await expect(startJobs({ WEBHOOK_ALLOW_LOOPBACK: 'true', NODE_ENV: 'production' })).rejects.toThrow(
      'WEBHOOK_ALLOW_LOOPBACK: expected false',
    );
  });
});

describe('a delivery', () => {
  test('is signed, and sent once to each endpoint that receives its type', async () => {
    const owner = client();
    const all = await register(owner, '/all', ['SHOW_CHANGED', 'SHOW_DELETED', 'JOB_PUBLISHED']);
    await register(owner, '/deletions', ['SHOW_DELETED']);
    const jobId = randomUUID();
    const changed = await publish(showChanged, 'show/signed', { slug: 'show/signed' });
    await publish(showDeleted, 'show/signed', { slug: 'show/signed' });
    await publish(jobPublished, jobId, { jobId, ownerId: randomUUID() });
    await publish(showChanged, 'show/signed', { slug: 'show/signed' }, changed);
    await until(() => attemptsAt('/all').length >= 3 && attemptsAt('/deletions').length >= 1);
    expect(attemptsAt('/all').every((attempt) => isSignedWith(all.secret, attempt))).toBe(true);
    const bodies = attemptsAt('/all').map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(bodies.map(({ type, data }) => [type, data]).sort()).toEqual([
      ['job.published', { jobId }],
      ['show.changed', { slug: 'show/signed' }],
      ['show.deleted', { slug: 'show/signed' }],
    ]);
    await until(async () => (await deliveriesOf(owner, all.endpoint.id)).every(({ state }) => state === 'DELIVERED'));
    const [first] = await deliveriesOf(owner, all.endpoint.id);
    expect(first).toMatchObject({
      type: 'JOB_PUBLISHED',
      subject: jobId,
      attempts: 1,
      lastStatus: 204,
      lastError: null,
    });
    expect(await deliveriesOf(owner, all.endpoint.id)).toHaveLength(3);
  });

  test('is repeated with the same id until the endpoint accepts it', async () => {
    const owner = client();
    receiver.answers.set('/fails', (response, attempt) => response.writeHead(attempt < 3 ? 503 : 200).end());
    const { endpoint } = await register(owner, '/fails');
    await publish(showChanged, 'show/fails', { slug: 'show/fails' });
    await until(async () => (await deliveriesOf(owner, endpoint.id))[0]?.state === 'DELIVERED');
    expect((await deliveriesOf(owner, endpoint.id))[0]).toMatchObject({ attempts: 3, lastStatus: 200 });
    expect(new Set(attemptsAt('/fails').map(({ id }) => id)).size).toBe(1);
    expect(await readEndpoint(owner, endpoint.id)).toMatchObject({ failingSince: null });
  });

  test('that hangs or answers late delays no other endpoint', async () => {
    const [slow, late, quick] = [client(), client(), client()];
    receiver.answers.set('/hangs', () => undefined);
    receiver.answers.set('/late', (response, attempt) =>
      setTimeout(() => response.writeHead(200).end(), attempt === 1 ? 3_000 : 0),
    );
    const hanging = await register(slow, '/hangs');
    const delayed = await register(late, '/late');
    await register(quick, '/quick');
    const slugs = Array.from({ length: 6 }, (_, index) => `show/slow-${index}`);
    for (const slug of slugs) await publish(showChanged, slug, { slug });
    await until(() => attemptsAt('/quick').length === slugs.length);
    const open = await deliveriesOf(slow, hanging.endpoint.id);
    expect(open.filter(({ state }) => state === 'PENDING')).toHaveLength(slugs.length);
    await until(async () =>
      (await deliveriesOf(slow, hanging.endpoint.id)).some(({ lastError }) => lastError !== null),
    );
    const failed = (await deliveriesOf(slow, hanging.endpoint.id)).find(({ lastError }) => lastError !== null);
    expect(failed).toMatchObject({ lastStatus: null, lastError: 'It did not answer in time.', state: 'PENDING' });
    await until(async () =>
      (await deliveriesOf(late, delayed.endpoint.id)).every(({ state }) => state === 'DELIVERED'),
    );
  });

  test('to a host with silent name servers delays no other client, and arrives once they answer', async () => {
    const [slow, quick] = [client(), client()];
    const hosts = Array.from({ length: 10 }, (_, index) => `host-${index}.slow.test`);
    const { port } = new URL(receiver.url);
    for (const host of hosts) await registerUrl(slow, `http://${host}:${port}/${host}`, ['SHOW_DELETED']);
    await register(quick, '/beside-silent', ['SHOW_DELETED']);
    answersSlowNames = false;
    const slugs = Array.from({ length: 4 }, (_, index) => `show/silent-${index}`);
    for (const slug of slugs) await publish(showDeleted, slug, { slug });
    await until(() => attemptsAt('/beside-silent').length === slugs.length);
    expect(receiver.attempts.filter(({ path }) => path.endsWith('.slow.test'))).toEqual([]);
    answersSlowNames = true;
    await until(() => hosts.every((host) => new Set(attemptsAt(`/${host}`).map(({ id }) => id)).size === slugs.length));
  });

  test('does not follow a redirect to a private address', async () => {
    const owner = client();
    receiver.answers.set('/redirects', (response) =>
      response.writeHead(307, { location: `${receiver.url}/redirected` }).end(),
    );
    const { endpoint } = await register(owner, '/redirects');
    await publish(showChanged, 'show/redirects', { slug: 'show/redirects' });
    await until(async () => ((await deliveriesOf(owner, endpoint.id))[0]?.attempts ?? 0) >= 2);
    expect((await deliveriesOf(owner, endpoint.id))[0]).toMatchObject({ state: 'PENDING', lastStatus: 307 });
    expect(attemptsAt('/redirected')).toEqual([]);
  });

  test('reaches no private address, whatever its host was when it was registered', async () => {
    const urls = [...privateAddresses, 'https://rebinding.test/', 'https://rebinding.internal/'];
    const registered = urls.map(async (url) => {
      const owner = client();
      const { endpoint } = await register(owner, '/moves', ['SHOW_DELETED']);
      await fixture.sql('update webhook_endpoints set url = $2 where id = $1', [endpoint.id, url]);
      return { url, errorOf: async () => (await deliveriesOf(owner, endpoint.id))[0]?.lastError };
    });
    const moved = await Promise.all(registered);
    await publish(showDeleted, 'show/moves', { slug: 'show/moves' });
    for (const { errorOf } of moved) await until(async () => typeof (await errorOf()) === 'string');
    const errors = moved.map(async ({ url, errorOf }) => [url, await errorOf()]);
    expect(await Promise.all(errors)).toEqual(urls.map((url) => [url, 'Its host has no public address.']));
    expect(attemptsAt('/moves')).toEqual([]);
  });

  test('fails after a day, and can be replayed with the same id', async () => {
    const owner = client();
    receiver.answers.set('/down', (response) => response.writeHead(500).end());
    const { endpoint } = await register(owner, '/down');
    await publish(showDeleted, 'show/down', { slug: 'show/down' });
    await fixture.sql(`update webhook_deliveries set attempts_until = now() where endpoint_id = $1`, [endpoint.id]);
    await until(async () => (await deliveriesOf(owner, endpoint.id))[0]?.state === 'FAILED');
    receiver.answers.delete('/down');
    const id = (await deliveriesOf(owner, endpoint.id))[0]?.id;
    const replay = `mutation ($input: ReplayWebhookDeliveryInput!) {
      replayWebhookDelivery(input: $input) { delivery { id } } }`;
    const answer = await fixture.execute(replay, owner, { input: { deliveryId: id } });
    expect(answer.replayWebhookDelivery.delivery).toEqual({ id });
    await until(async () => (await deliveriesOf(owner, endpoint.id))[0]?.state === 'DELIVERED');
    expect((await deliveriesOf(owner, endpoint.id))[0]).toMatchObject({ attempts: 1, lastStatus: 204 });
    expect(attemptsAt('/down').at(-1)?.id).toBe(id);
  });
});

test('after a rotation both secrets verify a delivery', async () => {
  const owner = client();
  const { endpoint, secret: before } = await register(owner, '/rotated');
  const rotate = 'mutation ($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) { secret } }';
  const { rotateWebhookSecret } = await fixture.execute(rotate, owner, { input: { endpointId: endpoint.id } });
  const { secret: after } = rotateWebhookSecret as { secret: string };
  expect(after).not.toBe(before);
  await publish(showChanged, 'show/rotated', { slug: 'show/rotated' });
  await until(() => attemptsAt('/rotated').length > 0);
  const [attempt] = attemptsAt('/rotated');
  expect([before, after].map((secret) => isSignedWith(secret, attempt!))).toEqual([true, true]);
  const dump = JSON.stringify(await fixture.sql('select * from webhook_endpoints'));
  expect([before, after].some((secret) => dump.includes(secret.replace('whsec_', '')))).toBe(false);
});

describe('an endpoint', () => {
  test('that fails for three days is disabled, and can be enabled again', async () => {
    const owner = client();
    receiver.answers.set('/broken', (response) => response.writeHead(500).end());
    const { endpoint } = await register(owner, '/broken');
    await publish(showChanged, 'show/broken', { slug: 'show/broken' });
    await until(async () => (await readEndpoint(owner, endpoint.id)).failingSince !== null);
    await fixture.sql(`update webhook_endpoints set failing_since = now() - interval '73 hours' where id = $1`, [
      endpoint.id,
    ]);
    await until(async () => (await readEndpoint(owner, endpoint.id)).status === 'DISABLED');
    expect((await readEndpoint(owner, endpoint.id)).disabledBecause).toContain('No delivery succeeded within 3 days.');
    expect((await deliveriesOf(owner, endpoint.id))[0]).toMatchObject({ state: 'FAILED' });
    await publish(showChanged, 'show/unseen', { slug: 'show/unseen' });
    const enable = `mutation ($input: UpdateWebhookEndpointInput!) {
      updateWebhookEndpoint(input: $input) { endpoint { status disabledBecause failingSince } } }`;
    const answer = await fixture.execute(enable, owner, { input: { endpointId: endpoint.id, isEnabled: true } });
    expect(answer.updateWebhookEndpoint.endpoint).toEqual({
      status: 'ENABLED',
      disabledBecause: null,
      failingSince: null,
    });
    expect(await deliveriesOf(owner, endpoint.id)).toHaveLength(1);
  });

  test('that is gone is disabled at once', async () => {
    const owner = client();
    receiver.answers.set('/gone', (response) => response.writeHead(410).end());
    const { endpoint } = await register(owner, '/gone');
    await publish(showChanged, 'show/gone', { slug: 'show/gone' });
    await until(async () => (await readEndpoint(owner, endpoint.id)).status === 'DISABLED');
    expect(await readEndpoint(owner, endpoint.id)).toMatchObject({ disabledBecause: 'It answered 410 Gone.' });
  });
});

test('endpoints and deliveries are the same in pages from the start and from the end', async () => {
  const owner = client();
  for (const path of ['/one', '/two', '/three']) await register(owner, path, ['SHOW_CHANGED']);
  for (const slug of ['show/a', 'show/b', 'show/c']) await publish(showChanged, slug, { slug });
  const page = 'edges { cursor } pageInfo { hasNextPage hasPreviousPage }';
  const read = async (args: string) => {
    const document = `{ webhookEndpoints(${args}) { ${page} } one: webhookEndpoints(first: 1) { edges { node {
      deliveries(${args}) { ${page} } } } } }`;
    const { webhookEndpoints, one } = await fixture.execute(document, owner);
    return [webhookEndpoints, one.edges[0].node.deliveries] as Page[];
  };
  const [whole, first, last] = await Promise.all([read('first: 3'), read('first: 2'), read('last: 2')]);
  for (const [index, { edges, pageInfo }] of whole.entries()) {
    expect([edges.length, pageInfo]).toEqual([3, { hasNextPage: false, hasPreviousPage: false }]);
    expect(first[index]).toEqual({ edges: edges.slice(0, 2), pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    expect(last[index]).toEqual({ edges: edges.slice(1), pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  }
});

interface Page {
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
}

interface Delivery {
  id: string;
  type: string;
  subject: string;
  state: string;
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  nextAttemptAt: string | null;
}

const reactions = webhookReactions();

/** Applies an event as the consumer does. Returns its id. */
async function publish(definition: EventDefinition, subject: string, data: object, id: string = randomUUID()) {
  const { source, type, version } = definition;
  const event = { id, source, type, version, subject, time: new Date().toISOString(), data };
  const reaction = reactions.find((candidate) => candidate.definition === definition);
  await fixture.source.transaction(async (manager) => reaction?.apply(event, manager));
  return id;
}

function client(): MachineCaller {
  return { ...machineCaller('webhooks.manage'), clientId: `client-${randomUUID()}` };
}

const createMutation = `mutation ($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) { secret endpoint { id url eventTypes status } } }`;

function tryRegister(owner: MachineCaller, url: string, eventTypes = ['SHOW_CHANGED', 'SHOW_DELETED']) {
  return fixture.request(createMutation, owner, { input: { url, eventTypes } });
}

function register(owner: MachineCaller, path: string, eventTypes?: string[]) {
  return registerUrl(owner, receiver.url + path, eventTypes);
}

async function registerUrl(owner: MachineCaller, url: string, eventTypes?: string[]) {
  const { data, errors } = await tryRegister(owner, url, eventTypes);
  expect(errors).toEqual([]);
  return data.createWebhookEndpoint as { secret: string; endpoint: { id: string } };
}

async function readEndpoint(owner: MachineCaller, id: string) {
  const document = 'query ($id: ID!) { webhookEndpoint(id: $id) { status disabledBecause failingSince } }';
  return (await fixture.execute(document, owner, { id })).webhookEndpoint;
}

async function deliveriesOf(owner: MachineCaller, id: string): Promise<Delivery[]> {
  const document = `query ($id: ID!) { webhookEndpoint(id: $id) { deliveries(first: 100) { edges { node {
    id type subject state attempts lastStatus lastError nextAttemptAt } } } } }`;
  const { webhookEndpoint } = await fixture.execute(document, owner, { id });
  return webhookEndpoint.deliveries.edges.map(({ node }: { node: Delivery }) => node);
}

function attemptsAt(path: string) {
  return receiver.attempts.filter((attempt) => attempt.path === path);
}

/** Waits until it holds, at most 60 s. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await holds()); await wait(50))
    if (Date.now() > deadline) throw new Error('It does not hold within 60 s.');
}
