import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers, supergraphFile, textFile } from './fixtures/sample-graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import { codeOf, manifestOf, transports } from './fixtures/transport-clients.js';
import { openSubgraph, type Subgraph } from './fixtures/test-subgraph.js';

const documents = {
  shown: '{ shows { title } }',
  field: '{ secrets }',
  ofObject: '{ shows { title price } }',
  fragment: '{ shows { ...Deal } } fragment Deal on Show { price }',
  otherService: '{ me { name } }',
  mutation: 'mutation { burn }',
  schema: '{ __schema { types { name } } }',
};
const outside = ['field', 'ofObject', 'fragment', 'otherService'] as const;

let gateway: Gateway;
let issuer: Issuer;
let services: Subgraph[];
let contract: string;
let tokens: Record<'partner' | 'other' | 'user', string>;

beforeAll(async () => {
  [issuer, ...services] = await Promise.all([openIssuer(), openCatalogue(), openUsers()]);
  contract = await supergraphFile(services.map(reduced));
  gateway = await openGateway(services, {
    issuer,
    COGNITO_CLIENT_IDS: `${issuer.clientId},partner`,
    PARTNER_CLIENT_IDS: 'partner',
    PARTNER_SUPERGRAPH: contract,
    PREVIEW_REGISTRY: await previewRegistry('pr-1'),
    SUPERGRAPH_POLL_SECONDS: '0.05',
    TRUSTED_DOCUMENTS: 'on',
    TRUSTED_DOCUMENTS_FILE: await textFile('manifest.json', manifestOf(Object.values(documents))),
  });
  const scope = 'marquee/shows.read marquee/graph.explore';
  tokens = {
    partner: await issuer.userToken('partner', { client_id: 'partner', scope }),
    other: await issuer.machineToken(...scope.split(' ')),
    user: await issuer.userToken('ann'),
  };
});

afterAll(async () => {
  await gateway.close();
  await Promise.all([issuer, ...services].map((service) => service.close()));
});

beforeEach(() => {
  for (const service of services) service.received = [];
});

const { SSE, WS, ...plain } = transports;

describe.each(Object.entries(plain))('at /partner/graphql, over %s,', (name, send) => {
  test.each(['partner', 'other'] as const)('a machine client (%s) gets the fields of the contract', async (client) => {
    const reply = await send(partnerUrl(), { query: documents.shown, headers: bearer(tokens[client]) });
    expect(reply).toMatchObject({ status: 200, data: { shows: [{ title: 'Tide' }] }, errors: [] });
  });

  test('guests and users are rejected', async () => {
    const guest = await send(partnerUrl(), { query: documents.shown });
    expect([guest.status, codeOf(guest)]).toEqual([401, 'UNAUTHENTICATED']);
    const user = await send(partnerUrl(), { query: documents.shown, headers: bearer(tokens.user) });
    expect([user.status, codeOf(user)]).toEqual([403, 'FORBIDDEN']);
    expect(receivedQueries()).not.toContain('shows');
  });

  test.each(outside)('a field outside the contract does not exist: %s', async (key) => {
    const reply = await send(partnerUrl(), { query: documents[key], headers: bearer(tokens.partner) });
    expect([reply.data, codeOf(reply)]).toEqual([undefined, 'BAD_USER_INPUT']);
    expect(receivedQueries()).toBe('');
  });

  if (name !== 'GET')
    test('a mutation outside the contract does not exist', async () => {
      const reply = await send(partnerUrl(), { query: documents.mutation, headers: bearer(tokens.partner) });
      expect([reply.data, codeOf(reply), receivedQueries()]).toEqual([undefined, 'BAD_USER_INPUT', '']);
    });
});

describe('at /partner/graphql', () => {
  test.each([
    '{ _entities(representations: [{ __typename: "Show", slug: "x" }]) { __typename } }',
    '{ _service { sdl } }',
    '{ secret }',
    '{ shows { prise } }',
    '{ shows { ... on User { name } } }',
    'query ($x: Deal) { shows { title } }',
  ])('%s is refused without naming hidden elements', async (query) => {
    const reply = await plain.POST(partnerUrl(), { query, headers: bearer(tokens.partner) });
    expect([reply.data, codeOf(reply), receivedQueries()]).toEqual([undefined, 'BAD_USER_INPUT', '']);
    expect(reply.errors.map(({ message }) => message).join()).not.toMatch(/secrets|price|Did you mean|Mutation/);
  });

  test('introspection returns the schema of the contract', async () => {
    const reply = await plain.POST(partnerUrl(), { query: documents.schema, headers: bearer(tokens.partner) });
    const { types } = (reply.data as { __schema: { types: { name: string }[] } }).__schema;
    const own = types.map(({ name }) => name).filter((name) => !name.startsWith('__'));
    expect(own.toSorted()).toEqual(['Boolean', 'Int', 'Query', 'Show', 'String']);
    const query = '{ user: __type(name: "User") { name } show: __type(name: "Show") { fields { name } } }';
    const { data } = await plain.POST(partnerUrl(), { query, headers: bearer(tokens.partner) });
    expect(data).toEqual({ user: null, show: { fields: [{ name: 'slug' }, { name: 'title' }] } });
  });

  test('event streams and WebSockets are rejected', async () => {
    const events = await SSE(partnerUrl(), { query: documents.shown, headers: bearer(tokens.partner) });
    expect([events.status, codeOf(events)]).toEqual([406, 'BAD_USER_INPUT']);
    const socket = WS(partnerUrl(), { query: documents.shown, headers: bearer(tokens.partner) });
    await expect(socket).rejects.toThrow('The socket was closed.');
  });

  test('a changed contract takes effect, and an invalid one does not', async () => {
    const shelf = async () =>
      codeOf(await plain.POST(partnerUrl(), { query: '{ shelf }', headers: bearer(tokens.partner) })) ?? 'given';
    expect(await shelf()).toBe('BAD_USER_INPUT');
    await writeFile(contract, await wider());
    while ((await shelf()) !== 'given') await wait(20);
    await writeFile(contract, 'nonsense');
    await wait(300);
    expect(await shelf()).toBe('given');
  });
});

describe.each(Object.entries(transports))('at /graphql, over %s,', (name, send) => {
  test('a partner gets the fields of the contract', async () => {
    const reply = await send(gateway.url, { query: documents.shown, headers: bearer(tokens.partner) });
    expect(reply).toMatchObject({ data: { shows: [{ title: 'Tide' }] }, errors: [] });
  });

  test.each([...outside, 'schema', ...(name === 'GET' ? [] : ['mutation' as const])] as const)(
    'a partner gets FORBIDDEN outside the contract, and another client does not: %s',
    async (key) => {
      const reply = await send(gateway.url, { query: documents[key], headers: bearer(tokens.partner) });
      expect([reply.data ?? null, codeOf(reply), receivedQueries()]).toEqual([null, 'FORBIDDEN', '']);
      const other = await send(gateway.url, { query: documents[key], headers: bearer(tokens.other) });
      expect(other.errors).toEqual([]);
    },
  );
});

test.each([
  '{ secrets }',
  '{ secretz }',
  'subscription { ticks }',
  'subscription { tocks }',
  'query A { secrets } query B { shelf }',
  '{ shows { prise } }',
  '{ shows { ... on User { nam } } }',
  '{ me { nam } }',
  'query ($x: Role) { shows { title } }',
  'query ($x: Deal) { shows { title } }',
])('at /graphql a partner gets the same error for an element that exists and one that does not: %s', async (query) => {
  const reply = await plain.POST(gateway.url, { query, headers: bearer(tokens.partner) });
  const message = 'The document selects something outside the partner schema, which is served at /partner/graphql.';
  expect([reply.data, codeOf(reply), reply.errors.map(({ message }) => message)]).toEqual([
    undefined,
    'FORBIDDEN',
    [message],
  ]);
});

test.each([
  ['SSE', SSE],
  ['WS', WS],
])('a partner cannot subscribe at /graphql over %s', async (_, send) => {
  const reply = await send(gateway.url, { query: 'subscription { ticks }', headers: bearer(tokens.partner) });
  expect([reply.data ?? null, codeOf(reply)]).toEqual([null, 'FORBIDDEN']);
});

test('partners cannot open the pages with the whole graph', async () => {
  const [partner, other] = [tokens.partner, tokens.other].map((token) =>
    fetch(`${gateway.url}/explorer`, { headers: bearer(token) }).then(({ status }) => status),
  );
  expect(await partner).not.toBe(200);
  expect(await other).toBe(200);
});

test('partners cannot use a preview graph', async () => {
  const url = `${gateway.url}/preview/pr-1`;
  const partner = await plain.POST(url, { query: documents.shown, headers: bearer(tokens.partner) });
  expect([partner.status, codeOf(partner), receivedQueries()]).toEqual([403, 'FORBIDDEN', '']);
  const other = await plain.POST(url, { query: documents.shown, headers: bearer(tokens.other) });
  expect(other).toMatchObject({ status: 200, data: { shows: [{ title: 'Tide' }] } });
});

function partnerUrl(): string {
  return `${gateway.url}/partner`;
}

function receivedQueries(): string {
  return services.flatMap(({ received }) => received.map(({ query }) => query)).join(' ');
}

/** A registry with one preview, of the whole graph. */
async function previewRegistry(preview: string): Promise<string> {
  const supergraph = await supergraphFile(services);
  const registry = dirname(supergraph);
  const folder = join(registry, 'previews', preview, 'live');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'supergraph.graphql'), await readFile(supergraph));
  return registry;
}

/** A service with the elements outside the contract inaccessible. */
function reduced({ name, url, sdl }: Subgraph) {
  const fields = /secrets: String|shelf: Int|price: Int|me: User|caller: String!/g;
  const types = /type Mutation|type Subscription|type User @key\(fields: "id"\)|enum Role/g;
  return { name, url, sdl: sdl.replaceAll(fields, '$& @inaccessible').replaceAll(types, '$& @inaccessible') };
}

async function wider(): Promise<string> {
  const shown = services
    .map(reduced)
    .map((one) => ({ ...one, sdl: one.sdl.replace('shelf: Int @inaccessible', 'shelf: Int') }));
  return readFile(await supergraphFile(shown), 'utf8');
}

function openCatalogue(): Promise<Subgraph> {
  return openSubgraph({
    name: 'catalogue',
    sdl: `
      type Query { shows: [Show!]! @policy(policies: [["scope:shows.read"]]) secrets: String shelf: Int }
      type Mutation { burn: Int }
      type Subscription { ticks: Int }
      type Show @key(fields: "slug") { slug: String! title: String! price: Int }
    `,
    resolvers: {
      Query: { shows: () => [{ slug: 'tide', title: 'Tide', price: 5 }], secrets: () => 'kept', shelf: () => 1 },
      Mutation: { burn: () => 1 },
    },
  });
}
