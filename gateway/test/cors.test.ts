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
    expect(response.headers.get('access-control-expose-headers')).toBe('x-request-id');
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

test('allows the development headers only with DEV_IDENTITY', async () => {
  const development = await openGateway([users], { CORS_ORIGINS: app, DEV_IDENTITY: 'true' });
  expect((await preflight(app, development)).headers.get('access-control-allow-headers')).toContain('x-dev-user-id');
  expect((await preflight(app)).headers.get('access-control-allow-headers')).not.toContain('x-dev');
  await development.close();
});

function preflight(origin: string, { url } = gateway): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });
}

function send(origin: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...headers },
    body,
  });
}
