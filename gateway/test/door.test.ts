import { createHmac, hkdfSync } from 'node:crypto';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type Running, start } from '@marquee/chassis/process/run';
import { testKeys } from '@marquee/chassis/testkit/keys';
import { post } from '@marquee/chassis/testkit/service';
import { gatewaySettings } from '../src/config.js';
import { service } from '../src/service.js';
import { bearer, type Gateway, gatewayEnvironment, openGateway } from './fixtures/gateway.js';
import { openUsers, supergraphFile, textFile } from './fixtures/graph.js';
import { type Issuer, openIssuer } from './fixtures/issuer.js';
import type { Subgraph } from './fixtures/subgraph.js';

let users: Subgraph;
let issuer: Issuer;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  users = await openUsers();
  issuer = await openIssuer();
});

afterAll(async () => {
  for (const one of opened) await one.close();
  await Promise.all([users.close(), issuer.close()]);
});

describe('the front page', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const EXAMPLES = await textFile('examples.graphql', examples);
    gateway = await open({ EXAMPLES });
  });

  test('says where the graph is, how large it is and how its services are', async () => {
    const { text } = await page(gateway, '/');
    expect(text).toContain(`${gateway.url}/graphql`);
    expect(text).toMatch(/<dt>queries<\/dt>\s*<dd>2<\/dd>/);
    expect(text).toMatch(/data-service="gateway" data-state="ready"/);
    expect(text).toContain('data-service="users"');
  });

  test('offers the examples that fit the graph, with the comment above each', async () => {
    const { text } = await page(gateway, '/');
    expect(text).toContain('Who asks, &#38; as whom.');
    expect(text).not.toContain('Elsewhere');
  });

  test('runs no script and no style but files of its own', async () => {
    const { text, headers } = await page(gateway, '/');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\son\w+=|\sstyle=|(src|href)="https?:/);
  });

  test('shows what a stranger sent as text', async () => {
    expect(await pageFor(gateway, '"><script>alert(1)</script>')).toContain(
      'http://&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;/graphql',
    );
  });

  test('is read and never written', async () => {
    const { status, headers } = await page(gateway, '/', { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await page(gateway, '/', { method: 'HEAD' })).text).toBe('');
  });

  test.each([
    ['that is not there', async () => '/nowhere/examples.graphql'],
    ['that is not GraphQL', () => textFile('examples.graphql', 'nonsense {')],
  ])('does not start with a file of examples %s', async (_, path) => {
    await expect(openGateway([users], { EXAMPLES: await path() })).rejects.toThrow(SettingsError);
  });
});

describe('in production', () => {
  let gateway: Running;
  let member: Record<string, string>;
  beforeAll(async () => {
    gateway = await openProduction();
    member = bearer(await issuer.machineToken('marquee/graph.explore'));
  });

  test.each(['/explorer', '/sandbox'])(
    '%s asks a guest for a token, and opens to members of the scope',
    async (path) => {
      const guest = await page(gateway, path);
      expect([guest.status, guest.text]).toEqual([401, expect.stringContaining('needs a token')]);
      const stranger = bearer(await issuer.machineToken('marquee/shows.read'));
      expect((await page(gateway, path, { headers: stranger })).status).toBe(401);
      expect((await page(gateway, path, { headers: bearer('nonsense') })).status).toBe(401);
      expect((await page(gateway, path, { headers: member })).status).toBe(200);
    },
  );

  test('a token that is posted once opens the pages to a browser, for a quarter of an hour', async () => {
    const answer = await signIn(await issuer.machineToken('marquee/graph.explore'));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/explorer']);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-door=\d+\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=900; Secure$/);
    const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
    expect((await page(gateway, '/explorer', { headers })).status).toBe(200);
    expect((await page(gateway, '/schema.graphql', { headers })).status).toBe(200);
    const introspection = await post(`${gateway.url}/graphql`, '{ __schema { description } }', {}, headers);
    expect(introspection.errors[0]?.extensions['code']).toBe('FORBIDDEN');
  });

  test('a cookie that is over, or was made up, opens nothing', async () => {
    const now = Math.floor(Date.now() / 1000);
    const cookies = [await sealed(now - 1), `${now + 900}.${'A'.repeat(43)}`, `${now + 900}`, '', '.'];
    for (const cookie of cookies)
      expect((await page(gateway, '/explorer', { headers: { cookie: `__Host-door=${cookie}` } })).status).toBe(401);
    const headers = { cookie: `__Host-door=${await sealed(now + 60)}` };
    expect((await page(gateway, '/explorer', { headers })).status).toBe(200);
  });

  test.each([
    ['of somebody without the scope', () => issuer.machineToken('marquee/shows.read'), {}, 403, 'graph.explore'],
    ['that does not count', async () => 'nonsense', {}, 401, 'it is not a JSON Web Token'],
    ['that is empty', async () => ' ', {}, 400, 'Paste a token'],
    ['that is too large', async () => 'x'.repeat(20_000), {}, 400, 'Paste a token'],
    [
      'that another site posts',
      () => issuer.machineToken('marquee/graph.explore'),
      { 'sec-fetch-site': 'cross-site' },
      403,
      'from this page',
    ],
  ])('a token %s is refused with the reason, and sets no cookie', async (_, token, headers, status, reason) => {
    const answer = await signIn(await token(), headers);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(reason)]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('the schema and the versions are for members; whether services are up is for all', async () => {
    const guest = await page(gateway, '/schema.graphql');
    expect([guest.status, guest.text]).toEqual([403, 'The schema needs the scope graph.explore.\n']);
    expect((await page(gateway, '/schema.graphql', { headers: member })).text).toContain('type User {');
    const [first] = services((await page(gateway, '/status')).text);
    expect(first).toEqual({ name: 'gateway', state: 'ready' });
    expect((await page(gateway, '/')).text).not.toContain('0.1.0');
    expect(services((await page(gateway, '/status', { headers: member })).text)[0]).toHaveProperty('version', '0.1.0');
  });

  function signIn(token: string, headers: Record<string, string> = {}) {
    return page(gateway, '/explorer', { method: 'POST', body: new URLSearchParams({ token }), headers });
  }
});

test('outside production the schema is open, without what is hidden in it', async () => {
  const { status, text, headers } = await page(await open(), '/schema.graphql');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(text).toContain('type Query {');
  expect(text).not.toMatch(/Principal|_Entity|join__/);
});

test('EXPLORER=open lets everyone in, off leaves the explorers out, and FRONT_DOOR=false everything', async () => {
  const [everyone, off, none] = [await open({ EXPLORER: 'open' }), await open({ EXPLORER: 'off' }), await shut()];
  expect((await page(everyone, '/explorer')).status).toBe(200);
  expect([(await page(off, '/explorer')).status, (await page(off, '/sandbox')).status]).toEqual([404, 404]);
  expect((await page(off, '/')).text).not.toContain('/explorer');
  for (const path of ['/', '/status', '/schema.graphql', '/explorer', '/sandbox', '/assets/front.js'])
    expect((await page(none, path)).status).toBe(404);
  expect((await none.ask('{ caller }')).status).toBe(200);
});

test('the explorer may write styles and start threads, the sandbox may load from Apollo, and no page runs inline', async () => {
  const gateway = await open({ EXPLORER: 'open' });
  const [explorer, sandbox] = [policyOf(await page(gateway, '/explorer')), policyOf(await page(gateway, '/sandbox'))];
  expect(explorer).toMatchObject({ 'script-src': "'self'", 'connect-src': "'self'", 'worker-src': "'self'" });
  expect(sandbox).toMatchObject({
    'script-src': "'self' https://embeddable-sandbox.cdn.apollographql.com",
    'frame-src': 'https://sandbox.embed.apollographql.com',
    'connect-src': "'self'",
  });
});

describe('the status', () => {
  test('tells services that are ready, that drain, that cannot serve, that know no /ready and that are gone', async () => {
    const answers: Record<string, [number, string]> = {
      ready: [200, '{"status":"ready","version":"1.2.3"}'],
      draining: [503, '{"status":"draining","version":"1.2.3"}'],
      failing: [503, '{"status":"unavailable"}'],
      foreign: [404, 'Not Found'],
    };
    let asked = 0;
    const servers = await Promise.all(
      Object.entries(answers).map(async ([name, [status, text]]) => {
        return [name, await serving(status, text, () => asked++)] as const;
      }),
    );
    const urls = Object.fromEntries([...servers, ['gone', 'http://127.0.0.1:9/graphql']]);
    const gateway = await openOver(Object.keys(urls), urls);
    const visits = await Promise.all([1, 2, 3].map(() => page(gateway, '/status')));
    expect(services(visits[0]?.text).map(({ name, state, version }) => [name, state, version])).toEqual([
      ['gateway', 'ready', '0.1.0'],
      ['draining', 'draining', '1.2.3'],
      ['failing', 'down', undefined],
      ['foreign', 'ready', undefined],
      ['gone', 'down', undefined],
      ['ready', 'ready', '1.2.3'],
    ]);
    expect(asked).toBe(4);
  });
});

describe('the tokens of an embedded run', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const DEV_ISSUER_URL = new URL(await issuing()).origin;
    gateway = await open({ DEV_ISSUER_URL }, true);
  });

  test('are for the people whom its issuer names, and nobody else', async () => {
    expect((await page(gateway, '/')).text).toContain('value="ada" data-name="Ada &#60;Lovelace&#62;"');
    const [ada, eve] = [await tokenOf('{"user":"ada"}'), await tokenOf('{"user":"eve"}')];
    expect([ada.status, ada.text]).toEqual([200, '{"access_token":"token of ada"}']);
    expect(ada.headers.get('cache-control')).toBe('no-store');
    expect([eve.status, (await tokenOf('nonsense')).status]).toEqual([400, 400]);
    expect((await page(gateway, '/dev/token?user=ada')).status).toBe(405);
  });

  test('are not there without one', async () => {
    const other = await open();
    expect((await page(other, '/dev/token', { method: 'POST', body: '{"user":"ada"}' })).status).toBe(404);
    expect((await page(other, '/')).text).not.toContain('data-name');
  });

  function tokenOf(body: string) {
    return page(gateway, '/dev/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  }
});

describe('the files of the pages', () => {
  test('come compressed, are asked for again by their tag, and are only those that were built', async () => {
    const gateway = await open();
    const { headers } = await page(gateway, '/assets/front.css', { headers: { 'accept-encoding': 'gzip' } });
    expect([headers.get('content-type'), headers.get('content-encoding')]).toEqual(['text/css; charset=utf-8', 'gzip']);
    const plain = await page(gateway, '/assets/front.css', { headers: { 'accept-encoding': 'identity' } });
    expect([plain.headers.get('content-encoding'), plain.text]).toEqual([null, expect.stringContaining('.bulb')]);
    const again = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await page(gateway, '/assets/front.css', { headers: again })).status).toBe(304);
    for (const path of ['/assets/none.js', '/assets/%2e%2e/src/front.ts', '/assets/front.css.gz', '/assets/'])
      expect((await page(gateway, path)).status).toBe(404);
  });
});

const examples = `
# Who asks,
# & as whom.
query Caller { caller }

# Of another graph.
query Elsewhere { elsewhere }
`;

async function open(variables: Record<string, string> = {}, withIssuer = false): Promise<Gateway> {
  const gateway = await openGateway([users], { ...variables, ...(withIssuer && { issuer }) });
  opened.push(gateway);
  return gateway;
}

/** As in production, but for the issuer of the test, which has no certificate. */
async function openProduction(): Promise<Running> {
  const settings = gatewaySettings.transform((read) => ({ ...read, NODE_ENV: 'production' as const }));
  const environment = await gatewayEnvironment(await supergraphFile([users]));
  const trusted = { COGNITO_ISSUER: issuer.url, COGNITO_CLIENT_IDS: issuer.clientId };
  const running = await start({ ...service, settings }, { ...environment, ...trusted });
  opened.push(running);
  return running;
}

function shut(): Promise<Gateway> {
  return open({ FRONT_DOOR: 'false' });
}

/** A gateway over services of which nothing but `/ready` is asked. */
async function openOver(names: string[], urls: Record<string, string>): Promise<Gateway> {
  const subgraphs = names.map((name) => ({ ...users, name, url: 'http://127.0.0.1:9/graphql', sdl: sdlOf(name) }));
  const gateway = await openGateway(subgraphs, { SUBGRAPH_URLS: JSON.stringify(urls) });
  opened.push(gateway);
  return gateway;
}

function sdlOf(name: string): string {
  return `type Query { ${name}: Int }`;
}

interface Page {
  status: number;
  text: string;
  headers: Headers;
}

async function page({ url }: Running, path: string, init: RequestInit = {}): Promise<Page> {
  const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** The front page for somebody who says that the gateway is at `host`. */
function pageFor({ url }: Gateway, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((parts) => resolve(parts.join('')), reject);
    }).once('error', reject);
  });
}

function services(text = '{}'): { name: string; state: string; version?: string }[] {
  return JSON.parse(text).services;
}

function policyOf({ headers }: Page): Record<string, string> {
  const rules = (headers.get('content-security-policy') ?? '').split('; ');
  return Object.fromEntries(rules.map((rule) => [rule.split(' ', 1)[0], rule.replace(/^\S+ /, '')]));
}

/** A cookie's value as the gateway would have made it. */
async function sealed(seconds: number): Promise<string> {
  const { d } = JSON.parse((await testKeys()).privateKey) as { d: string };
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', 'front door', 32));
  return `${seconds}.${createHmac('sha256', key).update(String(seconds)).digest('base64url')}`;
}

async function serving(status: number, text: string, asked: () => void): Promise<string> {
  return listening(
    createServer((_, response) => {
      asked();
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    }),
  );
}

/** An issuer that knows one person. */
function issuing(): Promise<string> {
  return listening(
    createServer(({ url = '' }, response) => {
      const people = [{ sub: 'ada', name: 'Ada <Lovelace>', role: 'ADMIN' }];
      response.end(JSON.stringify(url === '/people' ? people : { access_token: `token of ${url.split('=')[1]}` }));
    }),
  );
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
