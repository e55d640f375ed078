import { createHmac, hkdfSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningService } from '@marquee/chassis/process/run-service';
import { testKeys } from '@marquee/testkit/test-keys';
import { post } from '@marquee/testkit/test-service';
import { type PageFixture, openPageFixture, type Page, fetchPage, services } from './fixtures/page-fixture.js';
import { bearer } from './fixtures/gateway.js';

let fixture: PageFixture;
beforeAll(async () => {
  fixture = await openPageFixture();
});
afterAll(() => fixture.close());

test('the pages share the rate limit of an address, which health checks do not have', async () => {
  const gateway = await fixture.open({ RATE_PER_ADDRESS: '0.0001' });
  expect((await fetchPage(gateway, '/')).status).toBe(200);
  for (const path of ['/', '/status', '/schema.graphql', '/assets/page.js', '/explorer', '/sandbox']) {
    const { status, headers } = await fetchPage(gateway, path);
    expect([path, status, Number(headers.get('retry-after')) > 0]).toEqual([path, 429, true]);
  }
  for (const path of ['/health', '/ready']) expect((await fetchPage(gateway, path)).status).toBe(200);
});

describe('in production', () => {
  let gateway: RunningService;
  let member: Record<string, string>;
  beforeAll(async () => {
    gateway = await fixture.openProduction();
    member = bearer(await fixture.issuer.machineToken('marquee/graph.explore'));
  });

  test.each(['/explorer', '/sandbox'])(
    '%s shows guests the sign-in page and opens for members of the scope',
    async (path) => {
      const guest = await fetchPage(gateway, path);
      expect([guest.status, guest.text]).toEqual([401, expect.stringContaining('Sign in to the explorer')]);
      const withoutScope = bearer(await fixture.issuer.machineToken('marquee/shows.read'));
      expect((await fetchPage(gateway, path, { headers: withoutScope })).status).toBe(401);
      expect((await fetchPage(gateway, path, { headers: bearer('nonsense') })).status).toBe(401);
      expect((await fetchPage(gateway, path, { headers: member })).status).toBe(200);
    },
  );

  test('exchanges a posted token for a cookie that gives access to the pages for 15 minutes', async () => {
    const answer = await signIn(await fixture.issuer.machineToken('marquee/graph.explore'));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/explorer']);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-explorer=\d+\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=900; Secure$/);
    const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
    expect((await fetchPage(gateway, '/explorer', { headers })).status).toBe(200);
    expect((await fetchPage(gateway, '/schema.graphql', { headers })).status).toBe(200);
    const introspection = await post(`${gateway.url}/graphql`, '{ __schema { description } }', {}, headers);
    expect(introspection.errors[0]?.extensions['code']).toBe('FORBIDDEN');
  });

  test('rejects an expired or forged cookie', async () => {
    const now = Math.floor(Date.now() / 1000);
    const cookies = [await signedCookie(now - 1), `${now + 900}.${'A'.repeat(43)}`, `${now + 900}`, '', '.'];
    for (const cookie of cookies)
      expect((await fetchPage(gateway, '/explorer', { headers: { cookie: `__Host-explorer=${cookie}` } })).status).toBe(
        401,
      );
    const headers = { cookie: `__Host-explorer=${await signedCookie(now + 60)}` };
    expect((await fetchPage(gateway, '/explorer', { headers })).status).toBe(200);
  });

  test.each([
    ['without the scope', () => fixture.issuer.machineToken('marquee/shows.read'), {}, 403, 'graph.explore'],
    ['that is invalid', async () => 'nonsense', {}, 401, 'not a JSON Web Token'],
    ['that is empty', async () => ' ', {}, 400, 'Paste an access token'],
    ['that is too large', async () => 'x'.repeat(20_000), {}, 400, 'Paste an access token'],
    [
      'that another site posts',
      () => fixture.issuer.machineToken('marquee/graph.explore'),
      { 'sec-fetch-site': 'cross-site' },
      403,
      'from this page',
    ],
  ])('rejects a token %s with the reason and sets no cookie', async (_, token, headers, status, reason) => {
    const answer = await signIn(await token(), headers);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(reason)]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('shows the schema and the versions to members only, the state of the services to everyone', async () => {
    const guest = await fetchPage(gateway, '/schema.graphql');
    expect([guest.status, guest.text]).toEqual([403, 'The schema requires the scope graph.explore.\n']);
    expect((await fetchPage(gateway, '/schema.graphql', { headers: member })).text).toContain('type User {');
    const [first] = services((await fetchPage(gateway, '/status')).text);
    expect(first).toEqual({ name: 'gateway', state: 'ready' });
    expect((await fetchPage(gateway, '/')).text).not.toMatch(/0\.1\.0|<dt>queries|data-run|id="token"/);
    expect((await fetchPage(gateway, '/')).text).not.toContain(fixture.issuer.url);
    expect(services((await fetchPage(gateway, '/status', { headers: member })).text)[0]).toHaveProperty(
      'version',
      '0.1.0',
    );
  });

  function signIn(token: string, headers: Record<string, string> = {}) {
    return fetchPage(gateway, '/explorer', { method: 'POST', body: new URLSearchParams({ token }), headers });
  }
});

test('serves the schema without a token outside production, excluding inaccessible elements', async () => {
  const { status, text, headers } = await fetchPage(await fixture.open(), '/schema.graphql');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(text).toContain('type Query {');
  expect(text).not.toMatch(/Principal|_Entity|join__/);
});

test('opens the explorers to everyone with EXPLORER=open, and serves no page with LANDING_PAGE=false', async () => {
  const [everyone, off, none] = [
    await fixture.open({ EXPLORER: 'open' }),
    await fixture.open({ EXPLORER: 'off' }),
    await fixture.open({ LANDING_PAGE: 'false' }),
  ];
  expect((await fetchPage(everyone, '/explorer')).status).toBe(200);
  expect([(await fetchPage(off, '/explorer')).status, (await fetchPage(off, '/sandbox')).status]).toEqual([404, 404]);
  expect((await fetchPage(off, '/')).text).not.toContain('/explorer');
  for (const path of ['/', '/status', '/schema.graphql', '/explorer', '/sandbox', '/assets/landing.js'])
    expect((await fetchPage(none, path)).status).toBe(404);
  expect((await none.query('{ caller }')).status).toBe(200);
});

test('allows each page only the sources that it needs, and inline scripts on none', async () => {
  const gateway = await fixture.open({ EXPLORER: 'open' });
  const [explorer, sandbox] = [
    policyOf(await fetchPage(gateway, '/explorer')),
    policyOf(await fetchPage(gateway, '/sandbox')),
  ];
  expect(explorer).toMatchObject({ 'script-src': "'self'", 'connect-src': "'self'", 'worker-src': "'self'" });
  expect(sandbox).toMatchObject({
    'script-src': "'self' https://embeddable-sandbox.cdn.apollographql.com",
    'frame-src': 'https://sandbox.embed.apollographql.com',
    'connect-src': "'self'",
  });
});

function policyOf({ headers }: Page): Record<string, string> {
  const rules = (headers.get('content-security-policy') ?? '').split('; ');
  return Object.fromEntries(rules.map((rule) => [rule.split(' ', 1)[0], rule.replace(/^\S+ /, '')]));
}

/** A cookie value as the gateway signs it. */
async function signedCookie(seconds: number): Promise<string> {
  const { d } = JSON.parse((await testKeys()).privateKey) as { d: string };
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', 'explorer cookie', 32));
  return `${seconds}.${createHmac('sha256', key).update(String(seconds)).digest('base64url')}`;
}
