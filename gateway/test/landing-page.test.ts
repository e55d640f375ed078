import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type PageFixture, openPageFixture, fetchPage, services } from './fixtures/page-fixture.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { textFile } from './fixtures/sample-graph.js';

let doors: PageFixture;
beforeAll(async () => {
  doors = await openPageFixture();
});
afterAll(() => doors.close());

describe('the front page', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const EXAMPLES = await textFile('examples.graphql', examples);
    gateway = await doors.open({ EXAMPLES });
  });

  test('says where the graph is, how large it is and how its services are', async () => {
    const { text } = await fetchPage(gateway, '/');
    expect(text).toContain(`${gateway.url}/graphql`);
    expect(text).toMatch(/<dt>queries<\/dt>\s*<dd>2<\/dd>/);
    expect(text).toMatch(/data-service="gateway" data-state="ready"/);
    expect(text).toContain('data-service="users"');
  });

  test('offers the examples that fit the graph, with the comment above each', async () => {
    const { text } = await fetchPage(gateway, '/');
    expect(text).toContain('Who asks, &#38; as whom.');
    expect(text).not.toContain('Elsewhere');
  });

  test('runs no script and no style but files of its own', async () => {
    const { text, headers } = await fetchPage(gateway, '/');
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
    const { status, headers } = await fetchPage(gateway, '/', { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetchPage(gateway, '/', { method: 'HEAD' })).text).toBe('');
  });

  test.each([
    ['that is not there', async () => '/nowhere/examples.graphql'],
    ['that is not GraphQL', () => textFile('examples.graphql', 'nonsense {')],
  ])('does not start with a file of examples %s', async (_, path) => {
    await expect(openGateway([doors.users], { EXAMPLES: await path() })).rejects.toThrow(SettingsError);
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
    const gateway = await doors.openOver(Object.keys(urls), urls);
    const visits = await Promise.all([1, 2, 3].map(() => fetchPage(gateway, '/status')));
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
    gateway = await doors.open({ DEV_ISSUER_URL }, true);
  });

  test('are for the people whom its issuer names, and nobody else', async () => {
    expect((await fetchPage(gateway, '/')).text).toContain('value="ada" data-name="Ada &#60;Lovelace&#62;"');
    const [ada, eve] = [await tokenOf('{"user":"ada"}'), await tokenOf('{"user":"eve"}')];
    expect([ada.status, ada.text]).toEqual([200, '{"access_token":"token of ada"}']);
    expect(ada.headers.get('cache-control')).toBe('no-store');
    expect([eve.status, (await tokenOf('nonsense')).status]).toEqual([400, 400]);
    expect((await fetchPage(gateway, '/dev/token?user=ada')).status).toBe(405);
  });

  test('are not there without one', async () => {
    const other = await doors.open();
    expect((await fetchPage(other, '/dev/token', { method: 'POST', body: '{"user":"ada"}' })).status).toBe(404);
    expect((await fetchPage(other, '/')).text).not.toContain('data-name');
  });

  function tokenOf(body: string) {
    return fetchPage(gateway, '/dev/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  }
});

describe('the files of the pages', () => {
  test('come compressed, are asked for again by their tag, and are only those that were built', async () => {
    const gateway = await doors.open();
    const { headers } = await fetchPage(gateway, '/assets/landing.css', { headers: { 'accept-encoding': 'gzip' } });
    expect([headers.get('content-type'), headers.get('content-encoding')]).toEqual(['text/css; charset=utf-8', 'gzip']);
    const plain = await fetchPage(gateway, '/assets/landing.css', { headers: { 'accept-encoding': 'identity' } });
    expect([plain.headers.get('content-encoding'), plain.text]).toEqual([null, expect.stringContaining('.bulb')]);
    const again = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await fetchPage(gateway, '/assets/landing.css', { headers: again })).status).toBe(304);
    for (const path of ['/assets/none.js', '/assets/%2e%2e/src/landing.ts', '/assets/landing.css.gz', '/assets/'])
      expect((await fetchPage(gateway, path)).status).toBe(404);
  });
});

const examples = `
# Who asks,
# & as whom.
query Caller { caller }

# Of another graph.
query Elsewhere { elsewhere }
`;

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

function serving(status: number, text: string, asked: () => void): Promise<string> {
  return doors.serving((_, response) => {
    asked();
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
}

/** An issuer that knows one person. */
function issuing(): Promise<string> {
  return doors.serving(({ url = '' }, response) => {
    const people = [{ sub: 'ada', name: 'Ada <Lovelace>', role: 'ADMIN' }];
    response.end(JSON.stringify(url === '/people' ? people : { access_token: `token of ${url.split('=')[1]}` }));
  });
}
