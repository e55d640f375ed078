import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { createClient, createUser } from './fixtures/graph-client.js';
import { startIssuer } from './fixtures/test-issuer.js';
import { startGraph } from './fixtures/whole-graph.js';

/** A delivery, as a partner receives it. */
interface Delivery {
  type: string;
  data: object;
}

const closers = new Closers();
const received: Delivery[] = [];
let receiverUrl: string;

beforeAll(async () => {
  const server = createServer((request, response) => {
    void json(request).then((delivery) => {
      received.push(delivery as Delivery);
      response.writeHead(204).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  receiverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  closers.add({ close: () => void (server.closeAllConnections(), server.close()) });
});
afterAll(() => closers.close());

test('a partner is notified of changed and deleted shows and of published jobs, and reads the same as a feed', async () => {
  const tokens = await startIssuer(closers);
  const services = { WEBHOOK_ALLOW_LOOPBACK: 'true' };
  const { gateway } = await startGraph(closers, { events: true, gateway: tokens.variables, services });
  const [admin, reviewer] = [await createUser(gateway.url, 'ADMIN'), await createUser(gateway.url, 'REVIEWER')];
  const partner = createClient(gateway.url, await tokens.headers('shows.read', 'webhooks.manage'));
  const { changesSince: start } = await partner.query('{ changesSince { pageInfo { endCursor } } }');
  const input = { url: receiverUrl, eventTypes: ['SHOW_CHANGED', 'SHOW_DELETED', 'JOB_PUBLISHED'] };
  await partner.mutate('createWebhookEndpoint', input);
  const slug = 'show/partner';
  await admin.mutate('importShows', { payload: [{ slug, title: 'Partner' }] }, 'results { __typename }');
  await admin.mutate('deleteShow', { slug });
  const term = { category: 'PROJECT_TYPE', label: 'Chart' };
  const { term: projectType } = await admin.mutate('saveTaxonomyTerm', term, 'term { id }');
  const job = { title: 'A chart', summary: 'Of the bay.', projectTypeId: projectType.id };
  const { job: draft } = await reviewer.mutate('draftJob', job, 'job { id }');
  await reviewer.mutate('actOnJob', { jobId: draft.id, action: 'SUBMIT' });
  await admin.mutate('actOnJob', { jobId: draft.id, action: 'APPROVE' });
  for (const deadline = Date.now() + 50_000; received.length < 3 && Date.now() < deadline;) await wait(100);
  expect(received.map(({ type, data }) => [type, data]).sort()).toEqual([
    ['job.published', { jobId: draft.id }],
    ['show.changed', { slug }],
    ['show.deleted', { slug }],
  ]);
  const document = `query ($cursor: String) { changesSince(cursor: $cursor) {
    edges { node { slug show { title } } } pageInfo { hasNextPage } } }`;
  const { changesSince } = await partner.query(document, { cursor: start.pageInfo.endCursor });
  const deleted = { node: { slug, show: null } };
  expect(changesSince).toEqual({ edges: [deleted, deleted], pageInfo: { hasNextPage: false } });
}, 90_000);
