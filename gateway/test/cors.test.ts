import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Gateway, openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

const app = 'https://app.example.com';

let users: Subgraph;
let gateway: Gateway;

beforeAll(async () => {
  users = await openUsers();
  gateway = await openGateway([users], { CORS_ORIGINS: `${app}, http://localhost:3000` });
});

afterAll(async () => {
  await gateway.close();
  await users.close();
});

describe('a page from an allowed origin', () => {
  test('may send the headers that the gateway reads; a preflight reaches no subgraph', async () => {
    const response = await preflight(app);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(app);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization, content-type');
    expect(response.headers.get('vary')).toBe('origin');
    expect(users.received).toEqual([]);
  });

  test.each([
    ['a response', '{"query":"{ caller }"}', {}, 200],
    ['the rejection of its token', '{"query":"{ caller }"}', { authorization: 'Bearer x' }, 401],
    ['the rejection of its body', 'nonsense', {}, 400],
  ])('may read %s', async (_, body, headers, status) => {
    const response = await send(app, body, headers);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([status, app]);
    expect(response.headers.get('access-control-expose-headers')).toBe('x-request-id, retry-after');
    await response.text();
  });

  test.each(['baggage', 'sentry-trace', 'traceparent', 'x-datadog-trace-id', 'x-datadog-origin', 'x-b3-traceid'])(
    'may send the tracing header %s',
    async (name) => {
      const allowed = (await preflight(app, gateway, name)).headers.get('access-control-allow-headers');
      expect(allowed?.split(', ')).toContain(name);
    },
  );

  test('may read the schema', async () => {
    const response = await fetch(`${gateway.url}/schema.graphql`, { headers: { origin: app } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, app]);
    expect(response.headers.get('vary')).toBe('origin, authorization, cookie');
    await response.text();
  });

  test('may not send cookies', async () => {
    expect((await preflight(app)).headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('a page from any other origin', () => {
  test.each(['https://evil.example.com', 'https://app.example.com.evil.test', 'http://app.example.com', 'null'])(
    '(%s) may neither send nor read',
    async (origin) => {
      for (const response of [await preflight(origin), await send(origin, '{"query":"{ caller }"}')]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.headers.get('vary')).toBe('origin');
        await response.text();
      }
    },
  );
});

describe('a page of this machine', () => {
  const local = ['http://localhost:5173', 'https://localhost', 'http://127.0.0.1:8080', 'http://[::1]:3000'];

  test.each([...local, 'http://app.localhost:4200'])('(%s) may read responses', async (origin) => {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
  });

  test.each(['http://localhost.evil.test', 'http://evil-localhost', 'http://127.0.0.1.evil.test', 'file://localhost'])(
    'is no page of %s',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('may not read them in production', async () => {
    const production = await openGateway([users], { NODE_ENV: 'production' });
    for (const origin of local)
      expect((await preflight(origin, production)).headers.get('access-control-allow-origin')).toBeNull();
    await production.close();
  });
});

test('allows the development headers only with DEV_IDENTITY', async () => {
  const development = await openGateway([users], { CORS_ORIGINS: app, DEV_IDENTITY: 'true' });
  expect((await preflight(app, development)).headers.get('access-control-allow-headers')).toContain('x-dev-user-id');
  expect((await preflight(app)).headers.get('access-control-allow-headers')).not.toContain('x-dev');
  await development.close();
});

function preflight(origin: string, { url } = gateway, requested = 'content-type'): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': requested },
  });
}

function send(origin: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...headers },
    body,
  });
}
