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
  test('gets a token with all its scopes, in the form of Cognito', async () => {
    const { status, body } = await requestToken({ grant_type: 'client_credentials' });
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
      scope: 'marquee/shows.read marquee/webhooks.manage marquee/graph.explore',
      jti: expect.any(String),
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(claims).not.toHaveProperty('username');
  });

  test('gets only the requested scopes', async () => {
    const { body } = await requestToken({ grant_type: 'client_credentials', scope: 'marquee/shows.read' });
    expect(await verified(String(body['access_token']))).toMatchObject({ scope: 'marquee/shows.read' });
  });

  test.each([
    ['a scope of another client', { grant_type: 'client_credentials', scope: 'marquee/shows.write' }, 'invalid_scope'],
    ['an unsupported grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['a missing grant', {}, 'invalid_request'],
  ])('is rejected for %s', async (_, form, error) => {
    expect(await requestToken(form)).toEqual({ status: 400, body: { error } });
  });

  test.each([
    ['a wrong secret', 'dev-partner:guessed'],
    ['an unknown client id', 'unknown:unknown-secret'],
    ['a missing secret', 'dev-partner'],
  ])('is rejected with %s', async (_, credentials) => {
    const response = await requestToken({ grant_type: 'client_credentials' }, credentials);
    expect(response).toEqual({ status: 400, body: { error: 'invalid_client' } });
  });

  test('must send a form with POST', async () => {
    const json = await fetch(`${running.url}/oauth2/token`, { method: 'POST', body: '{}' });
    expect({ status: json.status, body: await json.json() }).toEqual({
      status: 400,
      body: { error: 'invalid_request' },
    });
    expect((await fetch(`${running.url}/oauth2/token`)).status).toBe(405);
  });
});

describe('a user', () => {
  test('gets a token with name and email, if seeded', async () => {
    const token = await userToken('user=dev-admin-001');
    expect(await verified(token)).toMatchObject({
      sub: 'dev-admin-001',
      username: 'dev-admin-001',
      client_id: 'dev-web',
      token_use: 'access',
      email: expect.stringMatching(/@example\.com$/),
      name: expect.any(String),
    });
  });

  test('gets a token without them, if unknown', async () => {
    const claims = await verified(await userToken('user=new-user'));
    expect(claims).toMatchObject({ sub: 'new-user', username: 'new-user' });
    expect(claims).not.toHaveProperty('email');
  });

  test('gets a token with the requested lifetime', async () => {
    const { exp = 0, iat = 0 } = await verified(await userToken('user=dev-hiring-001&ttl=7'));
    expect(exp - iat).toBe(7);
  });

  test('gets the plain token with Accept: text/plain', async () => {
    const headers = { accept: 'text/plain' };
    const response = await fetch(`${running.url}/token?user=dev-admin-001`, { headers });
    expect(await verified((await response.text()).trim())).toMatchObject({ sub: 'dev-admin-001' });
  });

  test.each(['', 'user=', 'user=a%20b', 'user=dev-admin-001&ttl=0', 'user=dev-admin-001&ttl=99999999'])(
    'is rejected with the query "%s"',
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
  test('publishes only its public key', async () => {
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

async function requestToken(form: Record<string, string>, credentials = 'dev-partner:dev-partner-secret') {
  const response = await fetch(`${running.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function userToken(search: string): Promise<string> {
  const response = await fetch(`${running.url}/token?${search}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

async function verified(token: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL(`${running.url}/.well-known/jwks.json`));
  return (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'] })).payload;
}
