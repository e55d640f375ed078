import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Variables } from '@marquee/chassis/config/settings';
import { callerHeader, createCallerSigner } from '@marquee/chassis/identity/caller-signature';
import { Closers } from '@marquee/chassis/process/closers';
import { service as gateway } from '@marquee/gateway/service';
import { type LoadBalancer, openLoadBalancer } from '@marquee/local/fleet/load-balancer';
import { service as messaging } from '@marquee/messaging/service';
import { subscribe } from '@marquee/testkit/subscribe';
import { post, startService, type TestService } from '@marquee/testkit/test-service';
import { freshSchema, freshTable } from '@marquee/testkit/test-stores';
import { service as users } from '@marquee/users/service';
import { fileURLToPath } from 'node:url';
import { environments } from '../src/environments.js';
import { activateCallerKey, createCallerKey, retireCallerKey, stageCallerKey } from '../src/secrets/caller-key.js';
import { subgraphNames } from '../src/names.js';
import { AwsAccount } from './aws-account.js';

const { dev } = environments;
const closers = new Closers();
const account = new AwsAccount();
const drain = { DRAIN_DELAY_SECONDS: '0.3', DRAIN_SECONDS: '3' };

/** A service behind a load balancer. As in ECS, a new task is ready before the old one stops. */
interface Deployed {
  balancer: LoadBalancer;
  task: TestService;
  /** Starts a task, which reads its keys now. */
  start(): Promise<TestService>;
}
const deployed = new Map<string, Deployed>();

const [sender, reader] = [randomUUID(), randomUUID()].map((id) => ({ 'x-dev-user-id': id }));
let conversationId: string;

/** The failures that clients noticed, and the messages that were sent and received. */
const failures: unknown[] = [];
const sent: number[] = [];
const received: number[] = [];

beforeAll(async () => {
  await createCallerKey(account.aws, dev);
  const keys = () => ({ ...drain, CALLER_KEYS: account.parameter });
  await deploy('users', () => startService(users, { ...tables.users, ...keys() }));
  await deploy('messaging', () => startService(messaging, { ...tables.messaging, ...keys() }));
  for (const name of subgraphNames) account.restart(name);
  await deploy('gateway', () => startService(gateway, gatewayVariables()));
  const me = await send(reader!, '{ me { id } }');
  const input = { participantIds: [me.data.me.id], firstMessage: 'Hello' };
  const started = await send(sender!, startMutation, { input });
  conversationId = started.data.startConversation.conversation.id;
});
afterAll(() => closers.close());

const media = {
  MEDIA_ID_KEY: 'a1B2'.repeat(16),
  MEDIA_STORAGE: 's3',
  MEDIA_BUCKET: 'media',
  MEDIA_PUBLIC_URL: 'https://media.example.com',
  MEDIA_DISTRIBUTION_ID: 'E2EXAMPLE12345',
  COGNITO_USER_POOL_ID: 'eu-central-1_Example1',
};
const tables = { users: { ...freshSchema(), ...media }, messaging: freshTable() };

const startMutation = `mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } } }`;
const sendMutation = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { sequence } } }';
const stream = `subscription ($id: ID!, $after: Int) {
  messageAdded(conversationId: $id, after: $after) { sequence sender { handle } } }`;

test('two rotations and the retirement of a leaked key refuse no request and lose no event', async () => {
  const leaked = signingKey();
  const stopping = new AbortController();
  const clients = [keepReading(stopping.signal), keepSending(stopping.signal), keepListening(stopping.signal)];

  await rotate();
  await stageCallerKey(account.aws, dev);
  await rotate();
  await retireCallerKey(account.aws, dev, leaked.kid);
  await replace('users', 'messaging');

  await until(() => received.length >= sent.length + 1);
  stopping.abort();
  await Promise.all(clients);
  expect(failures).toEqual([]);
  expect(received).toEqual(Array.from({ length: received.length }, (_, index) => index + 1));
  expect(sent.length).toBeGreaterThan(20);
  expect(await statusOf(signingKey())).toBe(200);
  expect(await statusOf(leaked)).toBe(401);
}, 600_000);

async function rotate(): Promise<void> {
  await stageCallerKey(account.aws, dev);
  await expect(activateCallerKey(account.aws, dev)).rejects.toThrow('are older than the key');
  await replace('users', 'messaging');
  for (const name of subgraphNames) account.restart(name);
  await activateCallerKey(account.aws, dev);
  await replace('gateway');
}

function signingKey(): { kid: string } {
  return JSON.parse(account.secret('marquee/dev/gateway/caller-signing-key')) as { kid: string };
}

/** The status with which a subgraph answers a caller that is signed with a key. */
async function statusOf(key: object): Promise<number> {
  const signer = await createCallerSigner(key);
  const headers = { [callerHeader]: await signer.sign({ kind: 'guest' }, 'users') };
  return (await post(`${deployed.get('users')?.task.url}/graphql`, '{ feed { edges { cursor } } }', {}, headers))
    .status;
}

async function deploy(name: string, start: () => Promise<TestService>): Promise<void> {
  const balancer = closers.add(await openLoadBalancer());
  const task = await start();
  balancer.addReplica(portOf(task));
  account.restart(name);
  const service = { balancer, task, start };
  deployed.set(name, service);
  closers.add({ close: () => service.task.close() });
}

async function replace(...names: string[]): Promise<void> {
  for (const name of names) {
    const service = deployed.get(name);
    if (!service) throw new Error(`There is no service ${name}.`);
    const old = service.task;
    service.task = await service.start();
    service.balancer.addReplica(portOf(service.task));
    service.balancer.removeReplica(portOf(old));
    await old.close();
    account.restart(name);
  }
}

function gatewayVariables(): Variables {
  const urls = ['users', 'messaging'].map((name) => [name, `${addressOf(name)}/graphql`]);
  return {
    ...drain,
    SUPERGRAPH: fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)),
    SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(urls)),
    CALLER_SIGNING_KEY: JSON.stringify(signingKey()),
    DEV_IDENTITY: 'true',
    SUBGRAPH_TIMEOUT_SECONDS: '20',
  };
}

async function keepReading(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { errors } = await send(reader!, '{ me { handle } conversations(first: 1) { edges { cursor } } }');
    failures.push(...errors);
    await wait(20);
  }
}

async function keepSending(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const input = { conversationId, body: `Message ${sent.length}` };
    const { data, errors } = await send(sender!, sendMutation, { input });
    failures.push(...errors);
    if (data?.sendMessage) sent.push(data.sendMessage.message.sequence);
    await wait(50);
  }
}

/** Reads the stream, and resumes it when a gateway that stops closes the socket. */
async function keepListening(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const variables = { id: conversationId, after: received.at(-1) ?? 0 };
    const url = `${addressOf('gateway')}/graphql`;
    const live = subscribe({ url, query: stream, variables, connectionParams: reader! });
    signal.addEventListener('abort', () => void live.unsubscribe());
    await readAll(live).catch((failure: { code?: number }) => {
      if (failure.code !== 1001 && !signal.aborted) failures.push(failure);
    });
  }
}

async function readAll(live: ReturnType<typeof subscribe>): Promise<void> {
  for (;;) {
    const { data, errors } = (await live.next()) as {
      data?: { messageAdded: { sequence: number } };
      errors?: unknown[];
    };
    failures.push(...(errors ?? []));
    if (data) received.push(data.messageAdded.sequence);
  }
}

function send(headers: Record<string, string>, query: string, variables: object = {}) {
  return post(`${addressOf('gateway')}/graphql`, query, variables, { ...headers, connection: 'close' });
}

function addressOf(name: string): string {
  return `http://127.0.0.1:${deployed.get(name)?.balancer.port}`;
}

function portOf({ url }: TestService): number {
  return Number(new URL(url).port);
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 120_000; !holds(); await wait(20))
    if (Date.now() > deadline) throw new Error(`${received.length} of ${sent.length + 1} messages were received.`);
}
