import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { testKeys } from '@marquee/testkit/test-keys';
import { openLog } from '@marquee/chassis/telemetry/log';
import { gatewaySettings } from '../src/config.js';
import { createPrincipals, type Principals } from '../src/identity/principals.js';
import { openUpstream, type Upstream } from '../src/upstream/upstream.js';
import { bearer, type Gateway, gatewayEnvironment, openGateway } from './fixtures/gateway.js';
import { openPosts, openUsers, type StoredUser } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

const stored = new Map<string, StoredUser>();
const log = openLog('gateway', 'test', 'silent');

let users: Subgraph;
let issuer: Issuer;
let gateway: Gateway;

beforeAll(async () => {
  [users, issuer] = await Promise.all([openUsers(stored), openIssuer()]);
  gateway = await openGateway([users], { issuer, SUBGRAPH_TIMEOUT_SECONDS: '60' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users.close(), issuer.close()]);
});

beforeEach(() => {
  stored.clear();
  users.received = [];
});

afterEach(() => {
  users.behavior = 'normal';
});

describe('over HTTP', () => {
  test('50 simultaneous first requests of a user cause one lookup, made as the gateway itself', async () => {
    const token = await issuer.userToken('many', { email: 'many@example.com' });
    await Promise.all(Array.from({ length: 50 }, () => gateway.query('{ __typename }', bearer(token))));
    expect(users.received.map(({ caller, variables }) => ({ caller, variables }))).toEqual([
      { caller: { kind: 'gateway' }, variables: { sub0: 'many', email0: 'many@example.com', name0: 'name-of-many' } },
    ]);
  });

  test('a deactivated user gets 401', async () => {
    stored.set('gone', { id: '9', sub: 'gone', role: 'ADMIN', isActive: false });
    const { status, errors } = await gateway.query('{ caller }', bearer(await issuer.userToken('gone')));
    expect([status, errors]).toEqual([
      401,
      [{ message: 'This account is deactivated.', extensions: { code: 'UNAUTHENTICATED' } }],
    ]);
  });

  test.each([
    'hang',
    { status: 500, text: 'secret' },
    { status: 200, text: '{"data":{"principal":{"id":1}}}' },
  ] as const)('an unknown user gets UPSTREAM_UNAVAILABLE while users is %j', async (behavior) => {
    const hasty = await openGateway([users], { issuer, SUBGRAPH_TIMEOUT_SECONDS: '0.5' });
    users.behavior = behavior;
    const { status, errors } = await hasty.query('{ __typename }', bearer(await issuer.userToken('early')));
    expect(status).toBe(503);
    expect(errors[0]?.extensions).toEqual({ code: 'UPSTREAM_UNAVAILABLE', service: 'users' });
    await hasty.close();
  });

  test('a graph without a users service rejects tokens of users, and serves machine clients and guests', async () => {
    const posts = await openPosts();
    const small = await openGateway([posts], { issuer });
    const { status, errors } = await small.query('{ posts { id } }', bearer(await issuer.userToken('ada')));
    expect([status, errors[0]?.message]).toEqual([401, expect.stringContaining('no users service')]);
    const machine = await small.query('{ posts { id } }', bearer(await issuer.machineToken('marquee/shows.read')));
    expect(machine.data.posts).toHaveLength(3);
    expect((await small.query('{ posts { id } }')).data.posts).toHaveLength(3);
    await small.close();
    await posts.close();
  });
});

describe('caching', () => {
  let clock: number;
  let upstream: Upstream;
  let principals: Principals;

  beforeEach(async () => {
    clock = 1_000_000;
    const { signer } = await testKeys();
    const variables = { ...(await gatewayEnvironment('none')), SUBGRAPH_RETRIES: '0' };
    const settings = readSettings(gatewaySettings, variables);
    upstream = openUpstream({ name: 'users', url: new URL(users.url), settings, signer, log });
    // No test depends on the duration of a lookup on a busy machine.
    principals = createPrincipals({ users: () => upstream, log, now: () => clock, patienceMs: 60_000 });
  });

  afterEach(() => upstream.close());

  test('refreshes a principal after 25 seconds, so that a deactivation takes effect within 30', async () => {
    await principals.find({ sub: 'ada' });
    stored.get('ada')!.isActive = false;
    stored.get('ada')!.role = 'ADMIN';
    clock += 24_999;
    expect(await principals.find({ sub: 'ada' })).toMatchObject({ isActive: true, role: 'FREELANCER' });
    expect(users.received).toHaveLength(1);
    clock += 1;
    expect(await principals.find({ sub: 'ada' })).toMatchObject({ isActive: false, role: 'ADMIN' });
    expect(users.received).toHaveLength(2);
  });

  test('looks many persons up with few requests, at first and again once their principals have expired', async () => {
    const persons = Array.from({ length: 1_000 }, (_, index) => ({ sub: `person-${index}` }));
    const find = () => Promise.all(persons.map((person) => principals.find(person)));
    const first = await find();
    expect(first.map(({ id }) => id)).toEqual(persons.map(({ sub }) => `id-of-${sub}`));
    expect(users.received.length).toBeLessThanOrEqual(1_000 / 64 + 1);
    users.received = [];
    clock += 25_000;
    stored.get('person-500')!.isActive = false;
    expect((await find()).filter(({ isActive }) => !isActive)).toEqual([stored.get('person-500')].map(principalOf));
    expect(users.received.length).toBeLessThanOrEqual(1_000 / 64 + 1);
  });

  test('a person whom users rejects does not affect others of the same request', async () => {
    stored.set('strange', { id: '1', sub: 'strange', role: 'EMPEROR', isActive: true });
    const find = async (sub: string) => principals.find({ sub }).catch((failure: Error) => failure.message);
    const found = await Promise.all(['ada', 'bob', 'strange', 'cleo', 'dan'].map(find));
    expect(found).toEqual([
      ...['ada', 'bob'].map((sub) => principalOf(stored.get(sub))),
      'The service "users" is unavailable.',
      ...['cleo', 'dan'].map((sub) => principalOf(stored.get(sub))),
    ]);
  });

  test('keeps a principal valid for ten minutes while users is down', async () => {
    const known = await principals.find({ sub: 'ada' });
    users.behavior = { status: 503, text: '' };
    clock += 600_000;
    expect(await principals.find({ sub: 'ada' })).toEqual(known);
    clock += 5_001;
    await expect(principals.find({ sub: 'ada' })).rejects.toThrow('The service "users" is unavailable.');
    users.behavior = 'normal';
    expect(await principals.find({ sub: 'ada' })).toEqual(known);
  });

  test('uses an expired principal at once while users does not answer, unless it was dropped', async () => {
    principals = createPrincipals({ users: () => upstream, log, now: () => clock, patienceMs: 50 });
    const known = await principals.find({ sub: 'ada' });
    users.behavior = 'hang';
    clock += 25_000;
    expect(await principals.find({ sub: 'ada' })).toEqual(known);
    const waiting = principals.find({ sub: 'ada' });
    principals.drop('ada');
    users.behavior = 'normal';
    stored.get('ada')!.role = 'ADMIN';
    await expect(waiting).rejects.toThrow('The service "users" is unavailable.');
    expect(await principals.find({ sub: 'ada' })).toMatchObject({ role: 'ADMIN' });
  });

  test('retries the lookup of a cached principal once in five seconds while users is down', async () => {
    await principals.find({ sub: 'ada' });
    await users.stop();
    clock += 25_000;
    await principals.find({ sub: 'ada' });
    await users.restart();
    users.received = [];
    clock += 4_999;
    await principals.find({ sub: 'ada' });
    expect(users.received).toEqual([]);
    clock += 1;
    await principals.find({ sub: 'ada' });
    expect(users.received).toHaveLength(1);
  });

  test('looks a dropped principal up again, also while users is down', async () => {
    await principals.find({ sub: 'ada' });
    stored.set('ada', { id: '1', sub: 'ada', role: 'ADMIN', isActive: true });
    principals.drop('ada');
    expect(await principals.find({ sub: 'ada' })).toMatchObject({ role: 'ADMIN' });
    users.behavior = { status: 503, text: '' };
    principals.drop('ada');
    await expect(principals.find({ sub: 'ada' })).rejects.toThrow('The service "users" is unavailable.');
  });

  test('does not cache the result of a lookup that was sent before the principal was dropped', async () => {
    users.behavior = { delayMs: 100 };
    const before = principals.find({ sub: 'ada' });
    principals.drop('ada');
    await before;
    users.behavior = 'normal';
    users.received = [];
    await principals.find({ sub: 'ada' });
    expect(users.received).toHaveLength(1);
  });

  test('looks all principals up again after an outage of the bus, and keeps them while users is down', async () => {
    const known = await principals.find({ sub: 'ada' });
    principals.expireAll();
    users.behavior = { status: 503, text: '' };
    expect(await principals.find({ sub: 'ada' })).toEqual(known);
    users.behavior = 'normal';
    users.received = [];
    principals.expireAll();
    await principals.find({ sub: 'ada' });
    expect(users.received).toHaveLength(1);
  });
});

function principalOf({ id, role, isActive }: StoredUser = { id: '', sub: '', role: '', isActive: false }): object {
  return { id, role, isActive };
}
