import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { type RunningService, start } from '@marquee/chassis/process/run-service';
import { gatewaySettings } from '../src/config.js';
import { service } from '../src/service.js';
import { bearer, gatewayEnvironment } from './fixtures/gateway.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import { fetchPage } from './fixtures/page-fixture.js';
import { openUsers, supergraphFile, textFile } from './fixtures/sample-graph.js';

const closers = new Closers();
let gateway: RunningService;
let issuer: Issuer;

/** The partner, another machine client and a user, each with the scope `graph.explore`. */
let tokens: Record<'partner' | 'machine' | 'user', string>;

beforeAll(async () => {
  const users = closers.add(await openUsers());
  issuer = closers.add(await openIssuer());
  const scope = 'marquee/graph.explore';
  tokens = {
    partner: await issuer.userToken('partner', { client_id: 'partner', scope }),
    machine: await issuer.machineToken(scope),
    user: await issuer.userToken('ann', { scope }),
  };
  const hidden = /me: User|type Mutation|type User @key\(fields: "id"\)|enum Role/g;
  const contract = users.sdl.replaceAll(hidden, '$& @inaccessible');
  const examples = await textFile(
    'partner.graphql',
    '# The caller.\nquery Caller($shown: Boolean = true) { caller @include(if: $shown) }\nquery Me { me { id } }',
  );
  const changes = join(dirname(examples), 'changes.json');
  await writeFile(changes, JSON.stringify([{ version: 3, at: '2026-05-04T10:00:00.000Z', changes: [] }]));
  // With NODE_ENV=production, except that the issuer may use http.
  const settings = gatewaySettings.transform((read) => ({ ...read, NODE_ENV: 'production' as const }));
  gateway = await start(
    { ...service, settings },
    {
      ...(await gatewayEnvironment(await supergraphFile([users]))),
      PARTNER_SUPERGRAPH: await supergraphFile([{ ...users, sdl: contract }]),
      PARTNER_CHANGES: changes,
      PARTNER_CLIENT_IDS: 'partner',
      COGNITO_ISSUER: issuer.url,
      COGNITO_CLIENT_IDS: `${issuer.clientId},partner`,
      TOKEN_URL: 'https://tokens.test/oauth2/token',
      EXAMPLES: dirname(examples),
    },
  );
  closers.add(gateway);
});

afterAll(() => closers.close());

describe('the page of partners in production', () => {
  test('shows a guest how to get a token, and nothing of the contract', async () => {
    const { status, text } = await fetchPage(gateway, '/partner');
    expect([status, text]).toEqual([200, expect.stringContaining('https://tokens.test/oauth2/token')]);
    expect(text).not.toMatch(/caller|Caller|Version 3|data-run|Requests per second/);
    for (const path of ['/partner/schema.graphql', '/partner/collection.json'])
      expect((await fetchPage(gateway, path)).status).toBe(403);
    for (const path of ['/partner/explorer', '/partner/sandbox'])
      expect((await fetchPage(gateway, path)).status).toBe(401);
  });

  test('shows machine clients with the scope the contract, its limits, its changes and its valid examples', async () => {
    for (const client of ['partner', 'machine'] as const) {
      const { text } = await fetchPage(gateway, '/partner', { headers: bearer(tokens[client]) });
      for (const part of ['caller: String!', 'Version 3', '50, in bursts of up to 500', 'The caller.'])
        expect(text).toContain(part);
      expect(text).not.toMatch(/type User|User\b|Me\b/);
    }
  });

  test('exchanges a token for a cookie that opens these pages only', async () => {
    const [own, whole] = [await signIn('/partner', tokens.partner), await signIn('/explorer', tokens.machine)];
    expect([own.status, own.location, own.cookie]).toEqual([
      303,
      '/partner',
      expect.stringMatching(/^__Host-partner-/),
    ]);
    const statusOf = async (path: string, cookie: string) =>
      (await fetchPage(gateway, path, { headers: { cookie } })).status;
    const forged = own.cookie.replace('__Host-partner-explorer', '__Host-explorer');
    const paths = ['/partner/explorer', '/partner/schema.graphql', '/explorer', '/schema.graphql'];
    const statuses = (cookie: string) => Promise.all(paths.map((path) => statusOf(path, cookie)));
    expect(await statuses(own.cookie)).toEqual([200, 200, 401, 403]);
    expect(await statuses(forged)).toEqual([401, 403, 401, 403]);
    expect(await statuses(whole.cookie)).toEqual([401, 403, 200, 200]);
  });

  test.each([
    ['a partner at the pages of the whole graph', '/explorer', 'partner', 401, 'partner API only'],
    ['a user at the pages of partners', '/partner', 'user', 401, 'Only machine clients'],
    ['a user at the explorer of partners', '/partner/explorer', 'user', 401, 'Only machine clients'],
  ] as const)('rejects %s', async (_, path, client, status, reason) => {
    const answer = await signIn(path, tokens[client]);
    expect([answer.status, answer.text, answer.cookie]).toEqual([status, expect.stringContaining(reason), '']);
  });

  test('offers the examples as a collection', async () => {
    const headers = bearer(tokens.partner);
    const { text, headers: sent } = await fetchPage(gateway, '/partner/collection.json', { headers });
    const { item, variable } = JSON.parse(text);
    expect(sent.get('content-disposition')).toContain('attachment');
    expect(item.map(({ name }: { name: string }) => name)).toEqual(['Access token', 'Caller']);
    expect(JSON.parse(item[1].request.body.graphql.variables)).toEqual({ shown: true });
    expect(variable).toContainEqual({ key: 'tokenUrl', value: 'https://tokens.test/oauth2/token' });
  });

  test('is where a browser lands that opens the address of the partner API', async () => {
    const headers = { accept: 'text/html' };
    const { status, headers: sent } = await fetchPage(gateway, '/partner/graphql?query=%7Bx%7D', { headers });
    expect([status, sent.get('location')]).toEqual([302, '/partner/explorer#query=%7Bx%7D']);
  });
});

async function signIn(path: string, token: string) {
  const { status, text, headers } = await fetchPage(gateway, path, {
    method: 'POST',
    body: new URLSearchParams({ token }),
  });
  const [cookie = ''] = headers.getSetCookie();
  return { status, text, location: headers.get('location'), cookie: cookie.split(';')[0] ?? '' };
}
