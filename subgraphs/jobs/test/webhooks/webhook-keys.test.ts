import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MachineCaller } from '@marquee/chassis/identity/caller';
import { machineCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { freshSchema } from '@marquee/testkit/test-stores';
import { DataSource } from 'typeorm';
import { addWebhookDeliveries } from '../../src/webhooks/webhook-delivery-store.js';
import { WebhookEventType } from '../../src/webhooks/webhook-model.js';
import { startJobs } from '../fixtures/jobs-service.js';
import { isSignedWith, openReceiver, type WebhookReceiver } from '../fixtures/webhook-receiver.js';

const owner: MachineCaller = { ...machineCaller('webhooks.manage'), clientId: 'rotating' };
const store = freshSchema();
const [mediaKey, otherMediaKey, first, second, third] = Array.from({ length: 5 }, () =>
  randomBytes(32).toString('base64'),
) as [string, string, string, string, string];

let receiver: WebhookReceiver;
let source: DataSource;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(async () => {
  await source.destroy();
  receiver.close();
});

test('secrets stay the same when the key of webhooks or of media ids changes', async () => {
  const before = await start(first, mediaKey);
  source = await openSource();
  const stored = await register(before, '/stored');
  const derived = await register(before, '/derived');
  await before.close();
  // As builds before the column have left it.
  await source.query('update webhook_endpoints set secret = null where id = $1', [derived.id]);
  const derivedSecret = deriveSecret(derived.id);

  const rotating = await start(`${second},${first}`, mediaKey);
  await until(async () => (await keysInUse()).size === 1 && !(await keysInUse()).has(null));
  await rotating.close();

  const after = await start(second, otherMediaKey);
  await publish();
  await until(() => ['/stored', '/derived'].every((path) => attemptAt(path)));
  expect(isSignedWith(stored.secret, attemptAt('/stored')!)).toBe(true);
  expect(isSignedWith(derivedSecret, attemptAt('/derived')!)).toBe(true);
  expect(await rotate(after, derived.id)).not.toBe(derivedSecret);
  await after.close();

  const withoutKeys = await start(third, mediaKey);
  receiver.attempts.length = 0;
  await publish();
  const unreadable = 'Its secret can no longer be read: rotate it.';
  await until(async () => (await errorsOf(stored.id)).includes(unreadable));
  const renewed = await rotate(withoutKeys, stored.id);
  await until(() => attemptAt('/stored') !== undefined);
  expect(isSignedWith(renewed, attemptAt('/stored')!)).toBe(true);
  await withoutKeys.close();
});

test('while a key is replaced, a delivery is attempted by a process that can read its secret', async () => {
  const before = await start(first, mediaKey, '100');
  const after = await start(`${second},${first}`, mediaKey);
  const { id, secret } = await register(after, '/replaced');
  await publish();
  await until(() => attemptAt('/replaced') !== undefined);
  expect(isSignedWith(secret, attemptAt('/replaced')!)).toBe(true);
  await until(async () => (await statesOf(id)).every(({ state }) => state === 'DELIVERED'));
  expect(await statesOf(id)).toEqual([{ state: 'DELIVERED', attempts: 1 }]);
  await Promise.all([before.close(), after.close()]);
});

test('a secret that an earlier build rotates is derived, and the one before signs, too', async () => {
  const service = await start(third, mediaKey);
  const { id, secret } = await register(service, '/earlier');
  const rotation = 'update webhook_endpoints set secret_version = secret_version + 1, secret_rotated_at = now()';
  await source.query(`${rotation} where id = $1`, [id]);
  await publish();
  await until(() => attemptAt('/earlier') !== undefined);
  for (const expected of [deriveSecret(id, 2), secret])
    expect(isSignedWith(expected, attemptAt('/earlier')!)).toBe(true);
  await service.close();
});

test('a build that derives secrets attempts no delivery of an endpoint whose secret is stored', async () => {
  const service = await start(third, mediaKey);
  const [stored, derived] = [await register(service, '/stored-only'), await register(service, '/derived-only')];
  await service.close();
  await source.query('update webhook_endpoints set secret = null where id = $1', [derived.id]);
  await publish();
  // The statement with which such a build begins its attempts.
  const claim = `update webhook_deliveries set attempts = attempts + 1, next_attempt_at = clock_timestamp()
    where endpoint_id = any($1) and state = 'PENDING' returning endpoint_id as id`;
  const claimed = await source.query<[{ id: string }[], number]>(claim, [[stored.id, derived.id]]);
  expect(claimed[0]).toEqual([{ id: derived.id }]);
  // One that reads stored secrets attempts both.
  const reading = `${claim}, (select previous_secret from webhook_endpoints where webhook_endpoints.id = endpoint_id)`;
  expect((await source.query<[unknown[], number]>(reading, [[stored.id, derived.id]]))[0]).toHaveLength(2);
  const next = await start(third, mediaKey);
  await until(() => ['/stored-only', '/derived-only'].every((path) => attemptAt(path) !== undefined));
  expect(isSignedWith(stored.secret, attemptAt('/stored-only')!)).toBe(true);
  expect(isSignedWith(deriveSecret(derived.id), attemptAt('/derived-only')!)).toBe(true);
  await next.close();
});

test('a key that is too short is refused', async () => {
  const short = randomBytes(16).toString('base64');
  await expect(startJobs({ WEBHOOK_KEYS: `${first},${short}` })).rejects.toThrow(
    'WEBHOOK_KEYS: expected at least 32 bytes in base64 for each',
  );
});

function start(keys: string, MEDIA_ID_KEY: string, delayFactor = '0.01'): Promise<TestService> {
  const webhooks = { WEBHOOK_KEYS: keys, WEBHOOK_ALLOW_LOOPBACK: 'true', WEBHOOK_DELAY_FACTOR: delayFactor };
  return startJobs({ ...store, ...webhooks, MEDIA_ID_KEY });
}

async function register(service: TestService, path: string): Promise<{ id: string; secret: string }> {
  const document = `mutation ($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) { secret endpoint { id } } }`;
  const variables = { input: { url: receiver.url + path, eventTypes: ['SHOW_CHANGED'] } };
  const { data } = await service.request(document, { caller: owner, variables });
  return { id: data.createWebhookEndpoint.endpoint.id, secret: data.createWebhookEndpoint.secret };
}

async function rotate(service: TestService, endpointId: string): Promise<string> {
  const document = 'mutation ($input: RotateWebhookSecretInput!) { rotateWebhookSecret(input: $input) { secret } }';
  const { data } = await service.request(document, { caller: owner, variables: { input: { endpointId } } });
  return data.rotateWebhookSecret.secret;
}

/** A secret of an endpoint in builds that derive it. */
function deriveSecret(id: string, version = 1): string {
  const key = Buffer.from(mediaKey, 'base64');
  const secret = hkdfSync('sha256', key, '', `marquee webhook secret ${version} of ${id}`, 32);
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}

async function publish(): Promise<void> {
  const event = { eventId: randomUUID(), type: WebhookEventType.SHOW_CHANGED, subject: 'show/keys' };
  await source.transaction((manager) =>
    addWebhookDeliveries(manager, { ...event, occurredAt: new Date().toISOString() }),
  );
}

/** The ids of the keys that have encrypted the secrets; null for one that is derived. */
async function keysInUse(): Promise<Set<string | null>> {
  const statement = "select encode(substring(secret from 1 for 4), 'hex') as key from webhook_endpoints";
  const rows = await source.query<{ key: string | null }[]>(statement);
  return new Set(rows.map(({ key }) => key));
}

async function errorsOf(endpointId: string): Promise<(string | null)[]> {
  const statement = 'select last_error as error from webhook_deliveries where endpoint_id = $1';
  return (await source.query<{ error: string | null }[]>(statement, [endpointId])).map(({ error }) => error);
}

function statesOf(endpointId: string): Promise<{ state: string; attempts: number }[]> {
  return source.query('select state, attempts from webhook_deliveries where endpoint_id = $1', [endpointId]);
}

function attemptAt(path: string) {
  return receiver.attempts.find((attempt) => attempt.path === path);
}

async function openSource(): Promise<DataSource> {
  const { DATABASE_URL, DATABASE_SCHEMA } = store;
  const extra = { options: `-c search_path=${DATABASE_SCHEMA}` };
  return new DataSource({ type: 'postgres', url: DATABASE_URL!, extra }).initialize();
}

/** Waits until it holds, at most 60 s. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await holds()); await wait(50))
    if (Date.now() > deadline) throw new Error('It does not hold within 60 s.');
}
