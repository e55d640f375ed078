import { get } from 'node:http';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SettingsError } from '@marquee/chassis/config/settings';
import { type PageFixture, openPageFixture, fetchPage, services } from './fixtures/page-fixture.js';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { textFile } from './fixtures/sample-graph.js';

let fixture: PageFixture;
beforeAll(async () => {
  fixture = await openPageFixture();
});
afterAll(() => fixture.close());

describe('the landing page', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await fixture.open({ EXAMPLES: dirname(await textFile('operations.graphql', examples)) });
  });

  test('shows the endpoint, the number of root fields and the state of the services', async () => {
    const { text } = await fetchPage(gateway, '/');
    expect(text).toContain(`${gateway.url}/graphql`);
    expect(text).toMatch(/<dt>queries<\/dt>\s*<dd>2<\/dd>/);
    expect(text).toMatch(/data-service="gateway" data-state="ready"/);
    expect(text).toContain('data-service="users"');
  });

  test('lists the examples that are valid for the schema, titled by their comments', async () => {
    const { text } = await fetchPage(gateway, '/');
    expect(text).toContain('The caller &#38; its rights.');
    expect(text).not.toContain('Elsewhere');
  });

  test('links to the mailbox of a local run', async () => {
    const local = await fixture.open({ MAILBOX_URL: 'http://localhost:4001/mailbox' });
    const link = /<a href="[^"]*\/mailbox">Mailbox<\/a>/;
    expect((await fetchPage(local, '/')).text).toMatch(link);
    expect((await fetchPage(gateway, '/')).text).not.toMatch(link);
  });

  test('runs only scripts and styles that the gateway serves', async () => {
    const { text, headers } = await fetchPage(gateway, '/');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\son\w+=|\sstyle=|(src|href)="https?:/);
  });

  test('escapes the host header', async () => {
    expect(await pageForHost(gateway, '"><script>alert(1)</script>')).toContain(
      'http://&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;/graphql',
    );
  });

  test('accepts GET and HEAD only', async () => {
    const { status, headers } = await fetchPage(gateway, '/', { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetchPage(gateway, '/', { method: 'HEAD' })).text).toBe('');
  });

  test.each([
    ['does not exist', async () => '/nowhere'],
    ['has a file that is not GraphQL', async () => dirname(await textFile('operations.graphql', 'nonsense {'))],
  ])('prevents the start if the directory of examples %s', async (_, path) => {
    await expect(openGateway([fixture.users], { EXAMPLES: await path() })).rejects.toThrow(SettingsError);
  });
});

describe('/status', () => {
  test('reports the state of each service and polls each once for concurrent visitors', async () => {
    const answers: Record<string, [number, string]> = {
      ready: [200, '{"status":"ready","version":"1.2.3"}'],
      draining: [503, '{"status":"draining","version":"1.2.3"}'],
      failing: [503, '{"status":"unavailable"}'],
      foreign: [404, 'Not Found'],
    };
    let requests = 0;
    const servers = await Promise.all(
      Object.entries(answers).map(async ([name, [status, text]]) => {
        return [name, await serve(status, text, () => requests++)] as const;
      }),
    );
    const urls = Object.fromEntries([...servers, ['gone', 'http://127.0.0.1:9/graphql']]);
    const gateway = await fixture.openOver(Object.keys(urls), urls);
    const visits = await Promise.all([1, 2, 3].map(() => fetchPage(gateway, '/status')));
    expect(services(visits[0]?.text).map(({ name, state, version }) => [name, state, version])).toEqual([
      ['gateway', 'ready', '0.1.0'],
      ['draining', 'draining', '1.2.3'],
      ['failing', 'down', undefined],
      ['foreign', 'ready', undefined],
      ['gone', 'down', undefined],
      ['ready', 'ready', '1.2.3'],
    ]);
    expect(requests).toBe(4);
  });
});

describe('tokens for sample users', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const DEV_ISSUER_URL = new URL(await startIssuer()).origin;
    gateway = await fixture.open({ DEV_ISSUER_URL }, true);
  });

  test('are created only for users that the issuer lists', async () => {
    expect((await fetchPage(gateway, '/')).text).toMatch(/value="ada"\s+data-name="Ada &#60;Lovelace&#62;"/);
    const [ada, eve] = [await tokenOf('{"user":"ada"}'), await tokenOf('{"user":"eve"}')];
    expect([ada.status, ada.text]).toEqual([200, '{"access_token":"token of ada"}']);
    expect(ada.headers.get('cache-control')).toBe('no-store');
    expect([eve.status, (await tokenOf('nonsense')).status]).toEqual([400, 400]);
    expect((await fetchPage(gateway, '/dev/token?user=ada')).status).toBe(405);
  });

  test('are not available without a development issuer', async () => {
    const other = await fixture.open();
    expect((await fetchPage(other, '/dev/token', { method: 'POST', body: '{"user":"ada"}' })).status).toBe(404);
    expect((await fetchPage(other, '/')).text).not.toContain('data-name');
  });

  function tokenOf(body: string) {
    return fetchPage(gateway, '/dev/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  }
});

describe('/assets', () => {
  test('serves built files only, gzipped and with an ETag', async () => {
    const gateway = await fixture.open();
    const { headers } = await fetchPage(gateway, '/assets/landing.css', { headers: { 'accept-encoding': 'gzip' } });
    expect([headers.get('content-type'), headers.get('content-encoding')]).toEqual(['text/css; charset=utf-8', 'gzip']);
    const plain = await fetchPage(gateway, '/assets/landing.css', { headers: { 'accept-encoding': 'identity' } });
    expect([plain.headers.get('content-encoding'), plain.text]).toEqual([null, expect.stringContaining('.indicator')]);
    const again = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await fetchPage(gateway, '/assets/landing.css', { headers: again })).status).toBe(304);
    for (const path of ['/assets/none.js', '/assets/%2e%2e/src/landing.ts', '/assets/landing.css.gz', '/assets/'])
      expect((await fetchPage(gateway, path)).status).toBe(404);
  });
});

const examples = `
# The caller
# & its rights.
query Caller { caller }

# Not in this schema.
query Elsewhere { elsewhere }
`;

/** The landing page, requested with this `host` header. */
function pageForHost({ url }: Gateway, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then((parts) => resolve(parts.join('')), reject);
    }).once('error', reject);
  });
}

function serve(status: number, text: string, onRequest: () => void): Promise<string> {
  return fixture.startServer((_, response) => {
    onRequest();
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
}

/** Starts an issuer with one sample user. */
function startIssuer(): Promise<string> {
  return fixture.startServer(({ url = '' }, response) => {
    const people = [{ sub: 'ada', name: 'Ada <Lovelace>', role: 'ADMIN' }];
    response.end(JSON.stringify(url === '/people' ? people : { access_token: `token of ${url.split('=')[1]}` }));
  });
}
