import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseWork, reportWork, workHeader } from '@marquee/chassis/http/request-work';
import { type HttpServer, openHttpServer } from '@marquee/chassis/http/http-server';
import { recordStoreRequest } from '@marquee/chassis/telemetry/store-requests';
import { pino } from 'pino';

let server: HttpServer;
beforeAll(async () => {
  server = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    routes: {
      '/work': (_, response, scope) => {
        reportWork(response, scope);
        for (const store of ['postgres', 'dynamodb'] as const)
          recordStoreRequest({ store, statement: 'select 1', milliseconds: 1000, failed: false });
        response.end('done');
      },
      '/idle': (_, response, scope) => {
        reportWork(response, scope);
        response.end('done');
      },
    },
    log: pino({ level: 'silent' }),
  });
});
afterAll(() => server.close(0));

async function reportOf(path: string) {
  const response = await fetch(`${server.url}${path}`);
  return parseWork(response.headers.get(workHeader) ?? '', (await response.text()).length);
}

test('a report contains the CPU time, the time of statements in a database of our own, and all requests to stores', async () => {
  const { cpuMs, statements, bytes } = await reportOf('/work');
  expect({ statements, bytes }).toEqual({ statements: 2, bytes: 4 });
  expect(cpuMs).toBeGreaterThanOrEqual(1000);
  expect(cpuMs).toBeLessThan(2000);
});

test('a request without statements reports none, also while others have some', async () => {
  const [idle] = await Promise.all([reportOf('/idle'), reportOf('/work')]);
  expect(idle.statements).toBe(0);
  expect(idle.cpuMs).toBeLessThan(1000);
});

test.each(['', 'cpu=-1', 'cpu=NaN;statements=x', 'cpu'])('"%s" reports no work', (text) => {
  expect(parseWork(text, 7)).toEqual({ cpuMs: 0, statements: 0, bytes: 7 });
});

test('an excessive report is capped', () => {
  expect(parseWork('cpu=1e12;statements=3', 0)).toEqual({ cpuMs: 60_000, statements: 3, bytes: 0 });
});
