import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { subscribe, type TestSubscription } from '@marquee/testkit/subscribe';
import { freePort } from '@marquee/testkit/ports';
import { startService, type TestService } from '@marquee/testkit/test-service';
import { service as gateway } from '@marquee/gateway/service';
import { webClientId } from '../src/issuer/clients.js';
import { startIssuer } from './fixtures/test-issuer.js';
import { createClient, type GraphClient, type UserClient } from './fixtures/graph-client.js';
import { gatewayVariables, startGraph } from './fixtures/whole-graph.js';

/** Somebody who can open sockets, too. */
interface Member extends UserClient {
  headers: Record<string, string>;
}

const closers = new Closers();
const listeners: TestSubscription[] = [];
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
}, 60_000);

afterEach(async () => {
  for (const listening of listeners.splice(0)) await listening.unsubscribe();
});
afterAll(() => closers.close());

describe('an event that many share', () => {
  test('shows each what they may see of it, of the service that tells it', async () => {
    const query = 'subscription { activityAdded { message likedByMe author { id account { role } } } }';
    const [theirs, others, admins, guests] = await hearing(query, ada, ben, admin, undefined);
    await ada!.mutate('postActivity', { message: 'For all.' });
    const told = (account: object | null) => ({
      activityAdded: { message: 'For all.', likedByMe: false, author: { id: ada!.id, account } },
    });
    expect([await theirs!(), await others!(), await admins!(), await guests!()]).toEqual([
      told({ role: 'FREELANCER' }),
      told(null),
      told({ role: 'FREELANCER' }),
      told(null),
    ]);
  });

  test('shows each what they may see of it, of another service', async () => {
    const query = 'subscription { showChanged { title addedBy { id account { role } } } }';
    const [admins, others, guests] = await hearing(query, admin, ben, undefined);
    await admin!.mutate('importShows', { payload: [{ slug: 'show/shared', title: 'Shared' }] });
    const told = (account: object | null) => ({
      showChanged: { title: 'Shared', addedBy: { id: admin!.id, account } },
    });
    expect([await admins!(), await others!(), await guests!()]).toEqual([
      told({ role: 'ADMIN' }),
      told(null),
      told(null),
    ]);
  });
});

describe('a conversation', () => {
  const added = 'subscription ($id: ID!) { messageAdded(conversationId: $id, after: 0) { body } }';
  const nobodys = '019a0000-0000-7000-8000-00000000dead';

  test('does not exist for who is not in it, by subscription or by query, as one that there is not', async () => {
    const id = await conversation(ada!, ben!);
    await say(ada!, id, 'Secret.');
    for (const stranger of [cleo, admin])
      expect(await refusal(added, stranger, { id })).toEqual(await refusal(added, stranger, { id: nobodys }));
    expect(await refusal(added, cleo, { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(await refusal(added, undefined, { id })).toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
    const query = 'query ($id: ID!) { conversation(id: $id) { title } }';
    const [there, none] = await Promise.all([id, nobodys].map((id) => cleo!.request(query, { id })));
    expect(JSON.stringify(there).replaceAll(id, nobodys)).toBe(JSON.stringify(none));
  });

  test('goes silent for who leaves it, in the middle of a stream, and goes on for the others', async () => {
    const id = await conversation(ada!, ben!, cleo!);
    const [bens, cleos] = [subscribed(added, ben, { id }), subscribed(added, cleo, { id })];
    await say(ada!, id, 'For all.');
    expect([await bens.next(), await cleos.next()]).toEqual(
      Array(2).fill({ data: { messageAdded: { body: 'For all.' } } }),
    );
    await ben!.mutate('leaveConversation', { conversationId: id });
    await say(ada!, id, 'Not for ben.');
    await expect(bens.next()).rejects.toThrow('The stream has ended.');
    expect(await cleos.next()).toEqual({ data: { messageAdded: { body: 'Not for ben.' } } });
  });

  test('goes on in two terminals through a restart of the gateway: every line once and in order', async () => {
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
    const [ones, others] = [chat('chat-one', 'chat-other', running.url), chat('chat-other', 'chat-one', running.url)];
    try {
      await both(ones.begun, others.begun);
      ones.say('Before.');
      await both(ones.heard(1), others.heard(1));
      await running.close();
      for (const line of ['Meanwhile.', 'Still meanwhile.']) ones.say(line);
      running = await start();
      await both(ones.heard(3), others.heard(3));
      others.say('After.');
      await both(ones.heard(4), others.heard(4));
      const all = ['1 Before.', '2 Meanwhile.', '3 Still meanwhile.', '4 After.'];
      expect([ones.lines, others.lines]).toEqual([all, all]);
    } finally {
      await Promise.all([ones.close(), others.close(), running.close()]);
    }
  }, 90_000);
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

/** Nothing acknowledges a subscription, so they are given time to get through to the service. */
async function hearing(query: string, ...members: (Member | undefined)[]): Promise<(() => Promise<unknown>)[]> {
  const streams = members.map((one) => subscribed(query, one));
  await wait(1_500);
  return streams.map((stream) => async () => (await stream.next()).data);
}

async function refusal(query: string, by: Member | undefined, variables: object): Promise<unknown> {
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

async function say(by: Member, conversationId: string, body: string): Promise<void> {
  await by.mutate('sendMessage', { conversationId, body, clientMessageId: `${Math.random()}` });
}

/** One terminal: what it prints of the conversation, as "1 Hello.". */
function chat(me: string, them: string, at: string) {
  const program = fileURLToPath(import.meta.resolve('@marquee/examples/chat'));
  const child = spawn(process.execPath, [program, me, them, '--gateway', at, '--issuer', issuer.url]);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line.replace(/^ *(\d+) .*?: (.*)$/, (_, sequence: string, rest: string) => `${sequence} ${rest}`));
  });
  const begun = new Promise<void>((resolve) =>
    createInterface({ input: child.stderr }).on('line', (line) => line.includes('connected') && resolve()),
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    lines,
    begun,
    say: (line: string) => void child.stdin.write(`${line}\n`),
    async heard(count: number) {
      while (lines.length < count) await wait(20);
    },
    close: async () => void (child.kill('SIGINT'), await ended),
  };
}

async function both(...work: Promise<void>[]): Promise<void> {
  await Promise.all(work);
}
