import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missingNginxReason, type Nginx, openNginx } from '@marquee/testkit/nginx';
import { type Gateway, openGateway } from '../fixtures/gateway.js';
import { openPeople } from '../fixtures/people-subgraph.js';
import { openRooms, type RoomsSubgraph } from '../fixtures/rooms-subgraph.js';
import type { Subgraph } from '../fixtures/test-subgraph.js';
import { subscriptionAccept, transports } from '../fixtures/transport-clients.js';

const missing = missingNginxReason();
if (missing) process.stdout.write(`gateway/test/live/nginx.test.ts: all tests were skipped: ${missing}\n`);

(missing ? describe.skip : describe)('behind an nginx that buffers and compresses', () => {
  let people: Subgraph;
  let rooms: RoomsSubgraph;
  let gateway: Gateway;
  let nginx: Nginx;

  beforeAll(async () => {
    [people, rooms] = await Promise.all([openPeople(), openRooms()]);
    gateway = await openGateway([people, rooms]);
    nginx = await openNginx(gateway.url);
  });
  afterAll(async () => {
    await nginx.close();
    await gateway.close();
    await Promise.all([people.close(), rooms.close()]);
  });

  test.each([
    ['server-sent events', 'text/event-stream'],
    ['multipart responses', subscriptionAccept],
  ])('each event of %s arrives while the stream is open', async (_, accept) => {
    const controller = new AbortController();
    const response = await fetch(`${nginx.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, 'accept-encoding': 'gzip' },
      body: JSON.stringify({ query: 'subscription { posted { text } }' }),
      signal: controller.signal,
    });
    const arrived = textUntil(response, 'second');
    while (rooms.openStreams.length === 0) await wait(20);
    rooms.post('first');
    rooms.post('second');
    expect(await arrived).toMatch(/first.*second/s);
    controller.abort();
    while (rooms.openStreams.length > 0) await wait(20);
  });

  test.each(['POST', 'WS'] as const)('a query over %s is answered', async (transport) => {
    const { data } = await transports[transport](nginx.url, { query: '{ __typename }' });
    expect(data).toEqual({ __typename: 'Query' });
  });
});

async function textUntil({ body }: Response, end: string): Promise<string> {
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (text.includes(end)) return text;
  }
  return text;
}
