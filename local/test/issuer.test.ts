import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningService, start } from '@marquee/chassis/process/run-service';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, type JWTPayload } from 'jose';
import { service } from '../src/issuer/service.js';

const issuer = 'http://localhost:4010';
let running: RunningService;

beforeAll(async () => {
  running = await start(service, await variables());
});

afterAll(() => running.close());

describe('a machine client', () => {
  test('gets a token with all its scopes, shaped like that of Cognito', async () => {
    const { status, body } = await ask({ grant_type: 'client_credentials' });
    expect({ status, ...body }).toEqual({
      status: 200,
      access_token: expect.any(String),
      expires_in: 3600,
      token_type: 'Bearer',
    });
    const claims = await verified(String(body['access_token']));
    expect(claims).toMatchObject({
      iss: issuer,
      sub: 'dev-partner',
      client_id: 'dev-partner',
      token_use: 'access',
      scope: 'marquee/shows.read marquee/graph.explore',
      jti: expect.any(String),
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(claims).not.toHaveProperty('username');
  });

  test('gets only the scopes that it asks for', async () => {
    const { body } = await ask({ grant_type: 'client_credentials', scope: 'marquee/shows.read' });
    expect(await verified(String(body['access_token']))).toMatchObject({ scope: 'marquee/shows.read' });
  });

  test.each([
    [
      'a scope that is not its own',
      { grant_type: 'client_credentials', scope: 'marquee/shows.write' },
      'invalid_scope',
    ],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant', {}, 'invalid_request'],
  ])('is refused %s', async (_, form, error) => {
    expect(await ask(form)).toEqual({ status: 400, body: { error } });
  });

  test.each([
    ['a wrong secret', 'dev-partner:guessed'],
    ['an unknown name', 'nobody:nobody-secret'],
    ['no secret', 'dev-partner'],
  ])('is not believed with %s', async (_, credentials) => {
    const answer = await ask({ grant_type: 'client_credentials' }, credentials);
    expect(answer).toEqual({ status: 400, body: { error: 'invalid_client' } });
  });

  test('must send a form, by POST', async () => {
    const json = await fetch(`${running.url}/oauth2/token`, { method: 'POST', body: '{}' });
    expect({ status: json.status, body: await json.json() }).toEqual({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect((await fetch(`${running.url}/oauth2/token`)).status).toBe(405);
  });
});

describe('a person', () => {
  test('who is seeded gets a token with name and email', async () => {
    const token = await personToken('user=dev-admin-001');
    expect(await verified(token)).toMatchObject({
      sub: 'dev-admin-001',
      username: 'dev-admin-001',
      client_id: 'dev-web',
      token_use: 'access',
      email: expect.stringMatching(/@example\.com$/),
      name: expect.any(String),
    });
  });

  test('whom nobody has seen yet gets one without', async () => {
    const claims = await verified(await personToken('user=somebody-new'));
    expect(claims).toMatchObject({ sub: 'somebody-new', username: 'somebody-new' });
    expect(claims).not.toHaveProperty('email');
  });

  test('gets a token that lasts as long as was asked', async () => {
    const { exp = 0, iat = 0 } = await verified(await personToken('user=dev-hiring-001&ttl=7'));
    expect(exp - iat).toBe(7);
  });

  test('gets the bare token as plain text', async () => {
    const headers = { accept: 'text/plain' };
    const response = await fetch(`${running.url}/token?user=dev-admin-001`, { headers });
    expect(await verified((await response.text()).trim())).toMatchObject({ sub: 'dev-admin-001' });
  });

  test.each(['', 'user=', 'user=a%20b', 'user=dev-admin-001&ttl=0', 'user=dev-admin-001&ttl=99999999'])(
    'is refused with "%s"',
    async (search) => {
      const response = await fetch(`${running.url}/token?${search}`);
      expect({ status: response.status, body: await response.json() }).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', error_description: expect.any(String) },
      });
    },
  );
});

describe('the issuer', () => {
  test('shows the public half of its key only', async () => {
    const { keys } = (await (await fetch(`${running.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(keys).toEqual([
      { kty: 'RSA', n: expect.any(String), e: 'AQAB', alg: 'RS256', use: 'sig', kid: expect.any(String) },
    ]);
  });

  test('does not start in production', async () => {
    const opening = start(service, { ...(await variables()), NODE_ENV: 'production' });
    await expect(opening).rejects.toThrow(/NODE_ENV: expected development or test/);
  });
});

async function variables(): Promise<Record<string, string>> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_DELAY_SECONDS: '0',
    ISSUER_URL: issuer,
    ISSUER_KEY: JSON.stringify(await exportJWK(privateKey)),
  };
}

async function ask(form: Record<string, string>, credentials = 'dev-partner:dev-partner-secret') {
  const response = await fetch(`${running.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function personToken(search: string): Promise<string> {
  const response = await fetch(`${running.url}/token?${search}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

async function verified(token: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${running.url}/.well-known/jwks.json`));
  return (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'] })).payload;
}
