import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HttpServer, openHttpServer, type Routes } from '@marquee/chassis/http/http-server';
import { sendJson } from '@marquee/chassis/http/json-response';
import { openLog } from '@marquee/chassis/telemetry/log';

let server: HttpServer;

beforeAll(async () => {
  const routes: Routes = {
    '/exact': (_, response) => sendJson(response, 200, 'exact'),
    '/folder/*': (_, response) => sendJson(response, 200, 'folder'),
  };
  server = await openHttpServer({ host: '127.0.0.1', port: 0, routes, log: openLog('test', '0', 'silent') });
});
afterAll(() => server.close(0));

test.each([
  ['/exact', 200],
  ['/exact?query', 200],
  ['/exact/below', 404],
  ['/folder/below', 200],
  ['/folder/deep/below?query', 200],
  ['/folder/', 200],
  ['/folder', 404],
  ['/other/folder/below', 404],
  ['/constructor', 404],
])('the path %s is answered with %i', async (path, status) => {
  expect((await fetch(`${server.url}${path}`)).status).toBe(status);
});
