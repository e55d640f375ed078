import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { subscribe, type TestSubscription } from '@marquee/testkit/subscribe';
import { type Device, openDevice } from '@marquee/testkit/device';
import { freePort } from '@marquee/testkit/ports';
import { repeatIfSlow } from '@marquee/testkit/repeat-if-slow';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service as gateway } from '@marquee/gateway/service';
import { webClientId } from '../src/issuer/clients.js';
import { startIssuer } from './fixtures/test-issuer.js';
import { createClient, type GraphClient, mutation, type UserClient } from './fixtures/graph-client.js';
import { gatewayVariables, startGraph } from './fixtures/whole-graph.js';

/** A user that can also open sockets. */
interface Member extends UserClient {
  headers: Record<string, string>;
}

const closers = new Closers();
const listeners: TestSubscription[] = [];
const devices: Device[] = [];
let services: Record<string, TestService>;
let url: string;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
let [admin, ada, ben, cleo]: Member[] = [];

beforeAll(async () => {
  issuer = await startIssuer(closers);
  const gateway = { PRINCIPAL_SECONDS: '0.5', LIVE_REVALIDATE_SECONDS: '0.5' };
  const graph = await startGraph(closers, { messaging: true, gateway });
  services = graph.services;
  url = graph.gateway.url;
  [admin, ada, ben, cleo] = await Promise.all([member('ADMIN'), member(), member(), member()]);
});

afterEach(async () => {
  for (const listening of listeners.splice(0)) await listening.unsubscribe();
  for (const device of devices.splice(0)) await device.disconnect();
});
afterAll(() => closers.close());

describe('a shared event', () => {
  test('contains only the fields of the source service that each subscriber may see', async () => {
    const query = 'subscription { activityAdded { message likedByMe author { id account { role } } } }';
    const post = (message: string) => ada!.mutate('postActivity', { message });
    const following = await subscribeAll(query, [ada, ben, admin, undefined], () => post('Before.'));
    await post('For all.');
    const event = (account: object | null) => ({
      activityAdded: { message: 'For all.', likedByMe: false, author: { id: ada!.id, account } },
    });
    expect(await eventsWith('For all.', following)).toEqual([
      event({ role: 'FREELANCER' }),
      event(null),
      event({ role: 'FREELANCER' }),
      event(null),
    ]);
  });

  test('contains only the fields of another service that each subscriber may see', async () => {
    const query = 'subscription { showChanged { title addedBy { id account { role } } } }';
    const importShow = (slug: string, title: string) => admin!.mutate('importShows', { payload: [{ slug, title }] });
    const before = () => importShow(`show/before-${randomUUID()}`, 'Before');
    const following = await subscribeAll(query, [admin, ben, undefined], before);
    await importShow('show/shared', 'Shared');
    const event = (account: object | null) => ({
      showChanged: { title: 'Shared', addedBy: { id: admin!.id, account } },
    });
    expect(await eventsWith('Shared', following)).toEqual([event({ role: 'ADMIN' }), event(null), event(null)]);
  });
});

describe('a conversation', () => {
  const added = 'subscription ($id: ID!) { messageAdded(conversationId: $id, after: 0) { body } }';
  const missingId = '019a0000-0000-7000-8000-00000000dead';

  test('is NOT_FOUND for non-participants, by subscription and query, like a missing one', async () => {
    const id = await conversation(ada!, ben!);
    await send(ada!, id, 'Secret.');
    for (const outsider of [cleo, admin])
      expect(await subscriptionError(added, outsider, { id })).toEqual(
        await subscriptionError(added, outsider, { id: missingId }),
      );
    expect(await subscriptionError(added, cleo, { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await subscriptionError(added, undefined, { id })).toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    });
    const query = 'query ($id: ID!) { conversation(id: $id) { title } }';
    const [existing, missing] = await Promise.all([id, missingId].map((id) => cleo!.request(query, { id })));
    expect(JSON.stringify(existing).replaceAll(id, missingId)).toBe(JSON.stringify(missing));
  });

  test('ends the stream of a participant that leaves and continues for the others', async () => {
    const id = await conversation(ada!, ben!, cleo!);
    const [bens, cleos] = [subscribed(added, ben, { id }), subscribed(added, cleo, { id })];
    await send(ada!, id, 'For all.');
    expect([await bens.next(), await cleos.next()]).toEqual(
      Array(2).fill({ data: { messageAdded: { body: 'For all.' } } }),
    );
    await ben!.mutate('leaveConversation', { conversationId: id });
    await send(ada!, id, 'Not for ben.');
    await expect(bens.next()).rejects.toThrow('The stream has ended.');
    expect(await cleos.next()).toEqual({ data: { messageAdded: { body: 'Not for ben.' } } });
  });

  test('shows no one typing any more at once when the connection of the typing participant is lost', async () => {
    const id = await conversation(ada!, ben!);
    const typing = 'subscription ($id: ID!) { typing(conversationId: $id) { typing } }';
    const [adas, bens] = [subscribed(typing, ada, { id }), subscribed(typing, ben, { id })];
    const type = () => ada!.mutate('setTyping', { conversationId: id, typing: true }, 'typing');
    const first = bens.next();
    do await type();
    while (!(await Promise.race([first.then(() => true), wait(200, false)])));
    expect(await first).toEqual({ data: { typing: { typing: true } } });
    // Renewed all the time, it cannot expire.
    const renewals = setInterval(() => void type(), 1_000);
    await adas.unsubscribe();
    const isTyping = async () => ((await bens.next()).data as { typing: { typing: boolean } }).typing.typing;
    while (await isTyping()) continue;
    clearInterval(renewals);
  });

  test('ends the typing of the device whose connection is lost, and not that of another device of the user', () =>
    // Typing expires after five seconds.
    repeatIfSlow(4_500, async () => {
      const id = await conversation(ada!, ben!, cleo!);
      const typing = 'subscription ($id: ID!) { typing(conversationId: $id) { user { id } typing } }';
      const [bens, laptop, phone, tablet] = [subscribed(typing, ben, { id }), device(ada!), device(ada!), device(ada!)];
      // All devices share one stream of the service, and the tablet keeps it open.
      for (const one of [laptop, phone, tablet]) one.follow(typing, { id });
      const type = (on: Device) =>
        on.request(mutation('setTyping', 'typing'), { input: { conversationId: id, typing: true } });
      const event = (by: Member, isTyping: boolean) => ({
        data: { typing: { user: { id: by.id }, typing: isTyping } },
      });
      const first = bens.next();
      do await type(laptop);
      while (!(await Promise.race([first.then(() => true), wait(200, false)])));
      await type(phone);
      await phone.disconnect();
      // Cleo's typing expires before that of the laptop would.
      await cleo!.mutate('setTyping', { conversationId: id, typing: true }, 'typing');
      await type(laptop);
      const events = [await first];
      while (JSON.stringify(events.at(-1)) !== JSON.stringify(event(cleo!, true))) events.push(await bens.next());
      events.push(await bens.next());
      await laptop.disconnect();
      events.push(await bens.next());
      const renewals = events.slice(0, -3);
      expect(events).toEqual([
        ...renewals.map(() => event(ada!, true)),
        event(cleo!, true),
        event(ada!, true),
        event(ada!, false),
      ]);
    }));

  test('continues in two terminals across a gateway restart: every line once and in order', async () => {
    const PORT = String(await freePort());
    const start = async () =>
      startService(gateway, {
        ...(await gatewayVariables(services)),
        ...issuer.variables,
        COGNITO_CLIENT_IDS: webClientId,
        DRAIN_SECONDS: '0.3',
        PORT,
      });
    let running = await start();
    const [first, second] = [chat('chat-one', 'chat-other', running.url), chat('chat-other', 'chat-one', running.url)];
    try {
      await both(first.connected, second.connected);
      first.send('Before.');
      await both(first.received(1), second.received(1));
      await running.close();
      for (const line of ['Meanwhile.', 'Still meanwhile.']) first.send(line);
      running = await start();
      await both(first.received(3), second.received(3));
      second.send('After.');
      await both(first.received(4), second.received(4));
      const all = ['1 Before.', '2 Meanwhile.', '3 Still meanwhile.', '4 After.'];
      expect([first.lines, second.lines]).toEqual([all, all]);
    } finally {
      await Promise.all([first.close(), second.close(), running.close()]);
    }
  });
});

test('a socket whose user is deactivated is closed with 4401', async () => {
  const dora = await member();
  const stream = subscribed('subscription { activityAdded { message } }', dora);
  const ending = stream.next().catch((failure: unknown) => failure);
  await admin!.mutate('setUserActive', { userId: dora.id, isActive: false });
  expect(await ending).toMatchObject({ code: 4401, reason: expect.stringContaining('deactivated') });
});

async function member(role: 'ADMIN' | 'FREELANCER' = 'FREELANCER'): Promise<Member> {
  const headers = { 'x-dev-user-id': `sub-${Math.random()}`, 'x-dev-role': role };
  const asking: GraphClient = createClient(url, headers);
  const { me } = await asking.query('{ me { id } }');
  return { ...asking, id: me.id, headers };
}

function subscribed(query: string, by?: Member, variables: object = {}): TestSubscription {
  const listening = subscribe({ url: `${url}/graphql`, query, variables, connectionParams: { ...by?.headers } });
  listeners.push(listening);
  return listening;
}

function device({ headers }: Member): Device {
  const opened = openDevice(`${url}/graphql`, headers);
  devices.push(opened);
  return opened;
}

/** Subscriptions are not acknowledged, so the test makes changes until each one has an event. */
async function subscribeAll(
  query: string,
  members: (Member | undefined)[],
  change: () => Promise<unknown>,
): Promise<TestSubscription[]> {
  const streams = members.map((one) => subscribed(query, one));
  const started = Promise.all(streams.map((stream) => stream.next())).then(() => true);
  do await change();
  while (!(await Promise.race([started, wait(200, false)])));
  return streams;
}

/** The next event of each stream that contains the text. */
function eventsWith(text: string, streams: readonly TestSubscription[]): Promise<unknown[]> {
  const next = async (stream: TestSubscription): Promise<unknown> => {
    const { data } = await stream.next();
    return JSON.stringify(data).includes(text) ? data : next(stream);
  };
  return Promise.all(streams.map(next));
}

async function subscriptionError(query: string, by: Member | undefined, variables: object): Promise<unknown> {
  const [failure] = (await subscribed(query, by, variables)
    .next()
    .then(({ errors }) => errors)
    .catch((errors: unknown) => errors)) as unknown[];
  return JSON.parse(JSON.stringify(failure).replaceAll((variables as { id: string }).id, 'THE ID'));
}

async function conversation(by: Member, ...others: Member[]): Promise<string> {
  const input = { participantIds: others.map(({ id }) => id), title: others.length > 1 ? 'Three' : null };
  return (await by.mutate('startConversation', input, 'conversation { id }')).conversation.id;
}

async function send(by: Member, conversationId: string, body: string): Promise<void> {
  await by.mutate('sendMessage', { conversationId, body, clientMessageId: `${Math.random()}` });
}

/** One terminal, with the printed lines in the form "1 Hello.". */
function chat(me: string, them: string, at: string) {
  const program = fileURLToPath(import.meta.resolve('@marquee/examples/chat'));
  const child = spawn(process.execPath, [program, me, them, '--gateway', at, '--issuer', issuer.url]);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line.replace(/^ *(\d+) .*?: (.*)$/, (_, sequence: string, rest: string) => `${sequence} ${rest}`));
  });
  const connected = new Promise<void>((resolve) =>
    createInterface({ input: child.stderr }).on('line', (line) => line.includes('connected') && resolve()),
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    lines,
    connected,
    send: (line: string) => void child.stdin.write(`${line}\n`),
    async received(count: number) {
      while (lines.length < count) await wait(20);
    },
    close: async () => void (child.kill('SIGINT'), await ended),
  };
}

async function both(...work: Promise<void>[]): Promise<void> {
  await Promise.all(work);
}
