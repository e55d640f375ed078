import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller, UserCaller } from '@marquee/chassis/identity/caller';
import { parse } from 'graphql';
import { createActiveLabels } from '../src/admission/overrides/active-labels.js';
import { callerShare } from '../src/admission/overrides/caller-share.js';
import { readOverrideRules } from '../src/admission/overrides/override-rule.js';
import { openInMemoryGraph } from './fixtures/in-memory-graph.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openNews, type NewsSubgraph } from './fixtures/news-subgraph.js';
import { openUsers, supergraphFile, textFile } from './fixtures/sample-graph.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';
import {
  codeOf,
  get,
  manifestOf,
  overSocket,
  overSse,
  post,
  type Reply,
  sha256,
} from './fixtures/transport-clients.js';

const query = '{ item { share beta staff } }';

/** Addresses of guests on both sides of 40 percent. */
const [inside, outside] = [addressWhere((share) => share < 40), addressWhere((share) => share >= 40)];

let [users, old, fresh]: Subgraph[] = [];
let news: NewsSubgraph;
let gateway: Gateway;

beforeAll(async () => {
  [users, old, fresh, news] = await Promise.all([openUsers(), openOld(), openFresh(), openNews()]);
  gateway = await open({ OVERRIDE_LABELS: 'beta, staff=role:ADMIN|role:REVIEWER+percent(100)' });
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([users?.close(), old?.close(), fresh?.close(), news.close()]);
});

function open(variables: Record<string, string> = {}): Promise<Gateway> {
  return openGateway(subgraphs(), {
    DEV_IDENTITY: 'true',
    TRUSTED_PROXIES: '1',
    ...variables,
  });
}

function subgraphs(): Pick<Subgraph, 'name' | 'url' | 'sdl'>[] {
  return [users!, old!, fresh!, news];
}

function from(address: string): Record<string, string> {
  return { 'x-forwarded-for': address };
}

type Send = (headers: Record<string, string>) => Promise<Reply>;

const transports: Record<string, Send> = {
  'POST on the fast path': (headers) => post(gateway.url, { query }, { ...headers, accept: 'application/json' }),
  'POST through Apollo Server': (headers) =>
    post(gateway.url, { query }, { ...headers, accept: 'application/json;q=1' }),
  GET: (headers) => get(gateway.url, { query }, headers),
  'server-sent events': (headers) => overSse(gateway.url, { query }, headers),
};

describe.each(Object.entries(transports))('over %s', (_, send) => {
  test('a percentage is active for its share of the guests, by their address', async () => {
    expect((await send(from(inside))).data).toMatchObject({ item: { share: 'fresh' } });
    expect((await send(from(outside))).data).toMatchObject({ item: { share: 'old' } });
  });

  test('a label that is set is active for all callers, one with a policy for those who satisfy it', async () => {
    const roles = ['FREELANCER', 'ADMIN', 'REVIEWER'];
    const replies = await Promise.all(
      roles.map((role) => send({ ...from(outside), 'x-dev-user-id': `${role}-1`, 'x-dev-role': role })),
    );
    expect(replies.map(({ data }) => (data as { item: object }).item)).toMatchObject([
      { beta: 'fresh', staff: 'old' },
      { beta: 'fresh', staff: 'fresh' },
      { beta: 'fresh', staff: 'fresh' },
    ]);
  });
});

test('over a WebSocket, the labels of the connection’s caller are active', async () => {
  const admin = { 'x-dev-user-id': 'ws-admin', 'x-dev-role': 'ADMIN' };
  const [one, other] = [await overSocket(gateway.url, { query }, admin), await overSocket(gateway.url, { query })];
  expect([one.data, other.data]).toMatchObject([{ item: { staff: 'fresh' } }, { item: { staff: 'old' } }]);
});

test('one caller stays on one side, at every request and from every address', async () => {
  const results = new Set<string>();
  for (let count = 0; count < 10; count += 1) {
    const headers = { 'x-dev-user-id': 'steady', ...from(count % 2 === 0 ? inside : outside) };
    const { data } = await post(gateway.url, { query: '{ item { share } }' }, headers);
    results.add(JSON.stringify(data));
  }
  expect(results.size).toBe(1);
});

test('a persisted document has a plan for each set of active labels', async () => {
  const at = await open({
    TRUSTED_DOCUMENTS: 'only',
    TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf([query])),
  });
  const send = (address: string) => post(at.url, { documentId: sha256(query) }, from(address));
  for (let round = 0; round < 2; round += 1) {
    expect((await send(inside)).data).toMatchObject({ item: { share: 'fresh' } });
    expect((await send(outside)).data).toMatchObject({ item: { share: 'old' } });
  }
  await at.close();
});

test('the limit of fetches applies to the plan of the active labels', async () => {
  const at = await open({ GUARD_FETCHES: '1' });
  const send = (address: string) => post(at.url, { query: '{ item { share } }' }, from(address));
  expect(codeOf(await send(inside))).toBe('BAD_USER_INPUT');
  expect((await send(outside)).data).toEqual({ item: { share: 'old' } });
  await at.close();
});

test('subscriptions are completed by the labels of their caller', async () => {
  const document = 'subscription { newsPublished { headline author { bio } } }';
  const [admin, guest] = [
    overSocket(gateway.url, { query: document }, { 'x-dev-user-id': 'admin', 'x-dev-role': 'ADMIN' }),
    overSocket(gateway.url, { query: document }),
  ];
  while (news.openStreamCallers.length < 2) await wait(20);
  news.publish('both');
  const [one, other] = await Promise.all([admin, guest]);
  expect(one.data).toEqual({ newsPublished: { headline: 'both', author: { bio: 'fresh' } } });
  expect(other.data).toEqual({ newsPublished: { headline: 'both', author: { bio: null } } });
});

test('a reloaded supergraph with other labels changes the plans of known documents', async () => {
  const file = await supergraphFile(subgraphs());
  const at = await open({ SUPERGRAPH: file, SUPERGRAPH_POLL_SECONDS: '0.05' });
  const send = (address: string) => post(at.url, { query: '{ item { share } }' }, from(address));
  for (let count = 0; count < 3; count += 1) {
    expect((await send(inside)).data).toEqual({ item: { share: 'fresh' } });
    expect((await send(outside)).data).toEqual({ item: { share: 'old' } });
  }
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('percent(40)', 'percent(0)'));
  while (JSON.stringify((await send(inside)).data) !== '{"item":{"share":"old"}}') await wait(20);
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('percent(0)', 'percent(100)'));
  while (JSON.stringify((await send(outside)).data) !== '{"item":{"share":"fresh"}}') await wait(20);
  await at.close();
});

test('the landing page shows the labels with their callers and fields', async () => {
  const text = await (await fetch(`${gateway.url}/`)).text();
  expect(text).toMatch(/<code>percent\(40\)<\/code>, active for 40 % of callers/);
  expect(text).toMatch(/<code>beta<\/code>, active for all callers/);
  expect(text).toMatch(/<code>staff<\/code>, active for role:ADMIN, or role:REVIEWER and 100 % of callers/);
  expect(text).toMatch(/<code>Thing.share<\/code> moves from old to fresh/);
});

test('the landing page hides the labels where the schema is protected', async () => {
  const at = await open({ NODE_ENV: 'production', DEV_IDENTITY: 'false', OVERRIDE_LABELS: 'beta' });
  expect(await (await fetch(`${at.url}/`)).text()).not.toContain('percent(40)');
  await at.close();
});

test.each(['beta=everyone', 'beta=percent(101)', 'percent(5)=user', 'beta=', '1a', 'beta=user|', 'a b'])(
  'a gateway does not start with the rule "%s"',
  async (rule) => {
    await expect(open({ OVERRIDE_LABELS: rule })).rejects.toThrow('OVERRIDE_LABELS.0: expected a label');
  },
);

describe('the share of a caller', () => {
  test('is spread evenly, with decimals', () => {
    const shares = Array.from({ length: 10_000 }, (_, index) => callerShare({ caller: user(`sub ${index}`) }));
    for (const percentage of [0.5, 12.5, 50, 99.25]) {
      const found = (shares.filter((share) => share < percentage).length / shares.length) * 100;
      expect(Math.abs(found - percentage)).toBeLessThan(2);
    }
  });

  test('differs between guests of different addresses, users, and machine clients', () => {
    const machine: Caller = { kind: 'machine', clientId: 'a', scopes: [] };
    const shares = [
      callerShare({ caller: { kind: 'guest' }, origin: at('a') }),
      callerShare({ caller: { kind: 'guest' }, origin: at('b') }),
      callerShare({ caller: user('a') }),
      callerShare({ caller: machine }),
    ];
    expect(new Set(shares).size).toBe(4);
  });

  test('does not depend on the role of a user, and a percentage includes all smaller ones', () => {
    expect(callerShare({ caller: user('a', 'ADMIN') })).toBe(callerShare({ caller: user('a') }));
    const findRule = readOverrideRules([]);
    for (let index = 0; index < 200; index += 1) {
      const context = { caller: user(String(index)) };
      const [small, large] = [5, 25].map((share) => findRule(`percent(${share})`).isActive(context));
      expect(!small || large).toBe(true);
    }
  });
});

describe('a document with many labels', () => {
  const labels = Array.from({ length: 8 }, (_, index) => `label${index}`);
  const { graph } = openInMemoryGraph({
    old: {
      sdl: `type Query { post: Post } type Post @key(fields: "id") { id: ID! ${labels.map((one) => `${one}: Int`).join(' ')} }`,
      resolvers: {},
    },
    fresh: {
      sdl: `type Post @key(fields: "id") { id: ID! ${labels.map((one) => `${one}: Int @override(from: "old", label: "${one}")`).join(' ')} }`,
      resolvers: {},
    },
  });
  const document = parse(`{ post { ${labels.join(' ')} } }`);

  test('has at most four labels that differ between callers, always the same', () => {
    const personal = createActiveLabels(readOverrideRules(labels.map((label) => `${label}=user`)));
    expect(personal(graph, document, { caller: user('a') })).toEqual(labels.slice(0, 4));
    expect(personal(graph, document, { caller: { kind: 'guest' } })).toEqual([]);
  });

  test('has any number of labels that are active for all callers', () => {
    const active = createActiveLabels(readOverrideRules(labels));
    expect(active(graph, document, { caller: { kind: 'guest' } })).toEqual(labels);
  });
});

function user(sub: string, role: UserCaller['role'] = 'FREELANCER'): Caller {
  return { kind: 'user', id: sub, sub, role, scopes: [] };
}

function at(address: string) {
  return { address, caller: 'guest' };
}

function addressWhere(isWanted: (share: number) => boolean): string {
  for (let last = 1; last < 255; last += 1) {
    const address = `203.0.113.${last}`;
    if (isWanted(callerShare({ caller: { kind: 'guest' }, origin: at(address) }))) return address;
  }
  throw new Error('There is no such address.');
}

/** The service from which fields with a label come. */
function openOld(): Promise<Subgraph> {
  const item = { id: '1', share: 'old', beta: 'old', staff: 'old' };
  return openSubgraph({
    name: 'old',
    sdl: `
      type Query { item: Thing }
      type Thing @key(fields: "id") { id: ID! share: String beta: String staff: String }`,
    resolvers: { Query: { item: () => item }, Thing: { __resolveReference: () => item } },
  });
}

function openFresh(): Promise<Subgraph> {
  return openSubgraph({
    name: 'fresh',
    sdl: `
      type Thing @key(fields: "id") {
        id: ID!
        share: String @override(from: "old", label: "percent(40)")
        beta: String @override(from: "old", label: "beta")
        staff: String @override(from: "old", label: "staff")
      }
      type User @key(fields: "id") { id: ID! bio: String @override(from: "users", label: "staff") }`,
    resolvers: {
      Thing: { __resolveReference: () => ({ id: '1', share: 'fresh', beta: 'fresh', staff: 'fresh' }) },
      User: { __resolveReference: ({ id }: { id: string }) => ({ id, bio: 'fresh' }) },
    },
  });
}
