import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunningService } from '@marquee/chassis/process/run-service';
import { openPageFixture, type PageFixture } from './fixtures/page-fixture.js';

let fixture: PageFixture;
beforeAll(async () => {
  fixture = await openPageFixture();
});
afterAll(() => fixture.close());

test('reports the requests to services and the plan of an operation that asks for a trace', async () => {
  const gateway = await fixture.open();
  const { data, extensions } = await send(gateway, { query: '{ caller }', extensions: { trace: true } });
  expect(data).toEqual({ caller: '{"kind":"guest"}' });
  expect(extensions).toEqual({
    trace: {
      durationMs: expect.any(Number),
      fetches: [{ service: 'users', startMs: expect.any(Number), durationMs: expect.any(Number) }],
      plan: expect.stringContaining('Fetch(service: "users")'),
    },
  });
});

test('reports no plan for an operation that is refused, and no trace for one that does not ask for it', async () => {
  const gateway = await fixture.open();
  const refused = await send(gateway, { query: '{ nonsense }', extensions: { trace: true } });
  expect(refused.extensions).toEqual({ trace: { durationMs: expect.any(Number), fetches: [] } });
  expect(await send(gateway, { query: '{ caller }' })).toEqual({ data: { caller: '{"kind":"guest"}' } });
});

test('reports no trace in production', async () => {
  const gateway = await fixture.openProduction();
  const response = await send(gateway, { query: '{ caller }', extensions: { trace: true } });
  expect(response).toEqual({ data: { caller: '{"kind":"guest"}' } });
});

async function send({ url }: RunningService, body: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}
