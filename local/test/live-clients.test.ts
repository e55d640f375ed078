import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { createLiveClient, type LiveClient } from '@marquee/client';
import { service as gatewayService } from '@marquee/gateway/service';
import { freePort } from '@marquee/testkit/ports';
import { startService, type TestService } from '@marquee/testkit/test-service';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { webClientId } from '../src/issuer/clients.js';
import { findChromium, openBrowser, visit } from './fixtures/browser.js';
import { createClient, type GraphClient } from './fixtures/graph-client.js';
import { followers, followText, servePage } from './fixtures/live-followers.js';
import { startIssuer, type TestIssuer } from './fixtures/test-issuer.js';
import { gatewayVariables, startGraph } from './fixtures/whole-graph.js';

const closers = new Closers();
const executable = findChromium();
if (executable === undefined)
  process.stdout.write('local/test/live-clients.test.ts: no browser: chromium is not on PATH\n');

let issuer: TestIssuer;
let services: Record<string, TestService>;
let variables: Record<string, string>;
let gateway: TestService;
let pageUrl: string;

beforeAll(async () => {
  issuer = await startIssuer(closers);
  ({ services } = await startGraph(closers, { messaging: true }));
  pageUrl = await servePage(closers);
  variables = {
    ...(await gatewayVariables(services)),
    ...(issuer.variables as Record<string, string>),
    COGNITO_CLIENT_IDS: webClientId,
    CORS_ORIGINS: pageUrl,
    DRAIN_SECONDS: '0.3',
    PORT: String(await freePort()),
  };
  gateway = await startService(gatewayService, variables);
});
afterAll(async () => {
  await gateway.close();
  await closers.close();
});

test('every client receives every message once and in order across restarts of the gateway', async () => {
  const sender = await person('sender');
  const id = await conversation(sender, await person('reader'));
  const clients = Object.values(followers).map(() => openClient('reader'));
  const received = Object.values(followers).map((follow, index) => follow(clients[index]!, id));
  const page = await openPage(id);
  const all = async () => [...received, ...(page ? [await bodiesIn(page)] : [])];
  let sent = 0;
  const send = async () => sender.mutate('sendMessage', { conversationId: id, body: String((sent += 1)) });
  // Subscriptions are not acknowledged, so the test sends until each has received a message.
  while ((await all()).some((bodies) => bodies.length === 0)) await Promise.all([send(), wait(100)]);
  for (const _ of [1, 2]) {
    await gateway.close();
    gateway = await startService(gatewayService, variables);
    await send();
    while ((await all()).some((bodies) => bodies.at(-1) !== String(sent))) await wait(50);
  }
  for (const bodies of await all()) expect(bodies).toEqual(numbersUpTo(sent).slice(-bodies.length));
  await Promise.all(clients.map((client) => client.close()));
});

/** A signed-in user, with a token of the issuer. */
async function person(sub: string): Promise<GraphClient & { id: string }> {
  const client = createClient(gateway.url, { authorization: `Bearer ${await token(sub)}` });
  return { ...client, id: (await client.query('{ me { id } }')).me.id };
}

async function conversation(owner: GraphClient, { id }: { id: string }): Promise<string> {
  const input = { participantIds: [id] };
  return (await owner.mutate('startConversation', input, 'conversation { id }')).conversation.id;
}

async function token(sub: string): Promise<string> {
  const response = await fetch(`${issuer.url}/token?user=${sub}&ttl=600`);
  return ((await response.json()) as { access_token: string }).access_token;
}

function openClient(sub: string): LiveClient {
  return createLiveClient({ url: liveUrl(), token: () => token(sub), webSocketImpl: WebSocket, maxDelayMs: 500 });
}

function liveUrl(): string {
  return `${gateway.url.replace('http', 'ws')}/graphql`;
}

/** A page that follows the conversation as the reader; undefined without a browser. */
async function openPage(id: string): Promise<Page | undefined> {
  if (executable === undefined) return undefined;
  const { page } = await visit(await openBrowser(executable, closers), pageUrl);
  const parameters = { url: liveUrl(), token: await token('reader'), query: followText, id };
  await page.evaluate(({ url, token, query, id }) => {
    const scope = globalThis as unknown as PageScope;
    const bodies: string[] = (scope.bodies = []);
    const client = scope.liveClient.createLiveClient({ url, token: () => token, maxDelayMs: 500 });
    client.subscribe<{ messageAdded: { body: string } }>(
      { query, variables: { id } },
      {
        next: ({ data }) => void bodies.push(data?.messageAdded.body ?? 'gap'),
        error: (error) => void bodies.push(String(error)),
        complete: () => void bodies.push('complete'),
      },
    );
  }, parameters);
  return page;
}

function bodiesIn(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as PageScope).bodies);
}

/** The globals of the page. */
interface PageScope {
  liveClient: { createLiveClient: typeof createLiveClient };
  bodies: string[];
}

function numbersUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}
