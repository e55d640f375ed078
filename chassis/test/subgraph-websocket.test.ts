import 'reflect-metadata';
import { EventEmitter, on, once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GraphQLInt, GraphQLScalarType, type ValueNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root, Subscription } from 'type-graphql';
import { WebSocket } from 'ws';
import { shareEvent } from '@marquee/chassis/bus/shared-events';
import { subgraphSettings } from '@marquee/chassis/config/settings';
import { forbidden } from '@marquee/chassis/errors/errors';
import { StoreError } from '@marquee/chassis/errors/store-error';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import type { SubgraphContext } from '@marquee/chassis/graphql/subgraph-route';
import { grantPayload, windowExtension, type WindowRequest } from '@marquee/chassis/graphql/stream-window';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import type { Service } from '@marquee/chassis/process/run-service';
import { testKeys } from '@marquee/testkit/test-keys';
import { userCaller } from '@marquee/testkit/callers';
import { startService, type TestService } from '@marquee/testkit/test-service';

/** How often a literal was read: once by each validation of its document, and once by each subscription. */
let literalReads = 0;

const literal = new GraphQLScalarType({
  name: 'Literal',
  parseValue: (value) => value,
  parseLiteral(node: ValueNode) {
    literalReads += 1;
    return GraphQLInt.parseLiteral(node);
  },
});

@ObjectType()
class Halves {
  @Field(() => Int)
  whole = 1;

  @Field(() => Int)
  get half(): number {
    throw new Error('an internal secret');
  }
}

/** How often a value of a shared event was resolved. */
let sharedReads = 0;

@ObjectType()
class Shared {
  @Field(() => String)
  text = 'text';

  @Field(() => String)
  value(@Ctx() { caller }: SubgraphContext, @Arg('as', () => String) as: string): string {
    sharedReads += 1;
    return `${caller.kind} ${as}`;
  }
}

/** Whether the store of shared events is lost. */
let isStoreDown = false;

@Resolver(() => Shared)
class SharedFields {
  @FieldResolver(() => String, { nullable: true })
  stored(): string {
    if (isStoreDown) throw new StoreError('unavailable');
    return 'stored';
  }
}

@Resolver()
class Counter {
  @Query(() => String)
  name(): string {
    return 'counter';
  }

  @Subscription(() => String, { subscribe: ({ args, context }) => count(args['to'], context as SubgraphContext) })
  counted(@Root() value: number, @Arg('to', () => Int) _: number, @Ctx() { caller }: SubgraphContext): string {
    if (value === 13) throw new Error('an internal secret');
    return `${caller.kind} ${value}`;
  }

  @Subscription(() => Int, { subscribe: () => waitForever() })
  waiting(@Arg('literal', () => literal) given: number): number {
    return given;
  }

  @Subscription(() => Int, { subscribe: () => announcements() })
  announced(): number {
    for (const until = performance.now() + 1; performance.now() < until;) continue;
    return (resolved += 1);
  }

  @Subscription(() => Shared, { subscribe: () => sharedEvents() })
  shared(@Root() event: Shared, @Arg('of', () => Int, { nullable: true }) _?: number): Shared {
    return event;
  }

  @Subscription(() => Halves, { subscribe: () => oneEvent() })
  halved(@Root() event: Halves): Halves {
    return event;
  }
}

const announcer = new EventEmitter().setMaxListeners(0);

/** Events of `announced` that were resolved, which takes a millisecond each. */
let resolved = 0;

async function* announcements(): AsyncGenerator<unknown> {
  await once(announcer, 'announcement');
  yield {};
}

const sharedEvent = shareEvent(new Shared());

async function* sharedEvents(): AsyncGenerator<Shared> {
  yield sharedEvent;
}

async function* oneEvent(): AsyncGenerator<Halves> {
  yield new Halves();
}

async function* count(to: number, { caller }: SubgraphContext): AsyncGenerator<number> {
  if (caller.kind === 'guest') throw forbidden('Guests do not count.');
  for (let value = 1; value <= to; value += 1) yield value;
  if (to === 0) await new Promise(() => undefined);
}

let waitingStreams = 0;

function waitForever(): AsyncGenerator<number> {
  waitingStreams += 1;
  return count(0, { caller: { kind: 'gateway' } });
}

const counting: Service<ReturnType<typeof subgraphSettings.parse>> = {
  name: 'counting',
  settings: subgraphSettings,
  async open(serviceContext) {
    const schema = await createSubgraphSchema({ resolvers: [Counter, SharedFields], references: {} });
    const live = createSubgraphWebSocketRoute({ name: 'counting', schema, serviceContext, context: counted });
    return { routes: {}, websockets: { '/graphql': live }, check: async () => undefined };
  },
};

/** Created contexts: one to open a stream, and one for each event. */
let contexts = 0;

function counted(caller: Caller): SubgraphContext {
  contexts += 1;
  return { caller };
}

let service: TestService;
let clients: Client[];
beforeEach(async () => {
  clients = [];
  service = await startService(counting, { DRAIN_SECONDS: '0.4' });
});
afterEach(async () => {
  for (const client of clients) await client.dispose();
  await service.close();
});

describe('a subscription of a subgraph', () => {
  test('runs for the caller signed in its extensions', async () => {
    expect(await take('subscription { counted(to: 3) }')).toEqual([
      { data: { counted: 'user 1' } },
      { data: { counted: 'user 2' } },
      { data: { counted: 'user 3' } },
    ]);
  });

  test('resolves every event in a new context', async () => {
    contexts = 0;
    await take('subscription { counted(to: 3) }');
    expect(contexts).toBe(4);
  });

  test('shares the result of a shared event with equal selections of the same caller', async () => {
    const [user, guest] = [await signedIn(userCaller()), await signedIn({ kind: 'guest' })];
    const select = (as: string, of = 1) => `subscription { shared(of: ${of}) { value(as: "${as}") } }`;
    expect(await take(select('a', 1), user)).toEqual([{ data: { shared: { value: 'user a' } } }]);
    expect(await take(select('a', 2), user)).toEqual([{ data: { shared: { value: 'user a' } } }]);
    expect(sharedReads).toBe(1);
    expect(await take(select('b'), user)).toEqual([{ data: { shared: { value: 'user b' } } }]);
    expect(await take(select('a'), guest)).toEqual([{ data: { shared: { value: 'guest a' } } }]);
    expect(sharedReads).toBe(3);
  });

  test('does not keep the result of a shared event that failed because the store was down', async () => {
    const [user, query] = [await signedIn(userCaller()), 'subscription { shared { stored } }'];
    isStoreDown = true;
    const [failed] = await take(query, user);
    expect(failed).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] });
    isStoreDown = false;
    expect(await take(query, user)).toEqual([{ data: { shared: { stored: 'stored' } } }]);
  });

  test('does not share the result of a shared event with another value or default of a variable', async () => {
    const user = await signedIn(userCaller());
    const query = (given: string) => `subscription ($as: String! = "${given}") { shared { value(as: $as) } }`;
    const results = [
      await take(query('c'), user),
      await take(query('d'), user),
      await take(query('d'), user, { variables: { as: 'e' } }),
    ];
    expect(results).toEqual(['c', 'd', 'e'].map((as) => [{ data: { shared: { value: `user ${as}` } } }]));
  });

  test('sends events only within the window that it requests, and further ones as they are granted', async () => {
    const { socket, received } = await openWindow({ id: 'w', size: 3 });
    expect(await eventsAfter(received, 3)).toBe(3);
    socket.send(JSON.stringify({ type: 'ping', payload: { [grantPayload]: { id: 'w', events: 2 } } }));
    expect(await eventsAfter(received, 5)).toBe(5);
    socket.send(JSON.stringify({ type: 'ping', payload: { [grantPayload]: { id: 'another', events: 2 } } }));
    expect(await eventsAfter(received, 5)).toBe(5);
    socket.terminate();
  });

  test('is UNAUTHENTICATED without a caller in its extensions, even on an acknowledged socket', async () => {
    await expect(take('subscription { counted(to: 3) }', {})).rejects.toEqual([
      expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } }),
    ]);
  });

  test('delivers errors with their code and masks unexpected ones', async () => {
    const guest = await signed({ kind: 'guest' });
    const refused = take('subscription { counted(to: 3) }', { [callerHeader]: guest });
    await expect(refused).rejects.toEqual([expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })]);
    const last = (await take('subscription { counted(to: 13) }')).at(-1);
    expect(JSON.stringify(last)).not.toContain('secret');
    expect(last).toMatchObject({ errors: [{ path: ['counted'], extensions: { code: 'INTERNAL' } }] });
  });

  test('leaves null in the place of an error with onError: NULL, and propagates it otherwise', async () => {
    const query = 'subscription { halved { whole half } }';
    const errors = [{ path: ['halved', 'half'], extensions: { code: 'INTERNAL' } }];
    expect(await take(query)).toMatchObject([{ data: { halved: null }, errors }]);
    expect(await take(query, undefined, { onError: 'NULL' })).toMatchObject([
      { data: { halved: { whole: 1, half: null } }, errors },
    ]);
  });

  test.each(['subscription { counted }', 'subscription { counted(to: 1) name }', 'subscription {'])(
    '%s is BAD_USER_INPUT',
    async (document) => {
      await expect(take(document)).rejects.toContainEqual(
        expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }),
      );
    },
  );
});

test('a subscription is acknowledged by a pong when its stream is open', async () => {
  const socket = await open();
  const extensions = { [callerHeader]: await signed(userCaller()) };
  const messages = on(socket, 'message');
  const next = async (): Promise<unknown> => JSON.parse(String((await messages.next()).value[0]));
  socket.send(JSON.stringify({ type: 'connection_init', payload: extensions }));
  expect(await next()).toEqual({ type: 'connection_ack', payload: { acknowledgesSubscriptions: true } });
  const payload = { query: 'subscription { counted(to: 0) }', extensions };
  socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload }));
  expect(await next()).toEqual({ type: 'pong', payload: { subscribed: 'a' } });
  socket.close();
});

test('a document is validated once for all subscriptions with the same text', async () => {
  literalReads = 0;
  const { client, extensions } = await connect();
  const ignore = { next: () => undefined, error: () => undefined, complete: () => undefined };
  const started = Array.from({ length: 20 }, () =>
    client.subscribe({ query: 'subscription { waiting(literal: 1) }', extensions }, ignore),
  );
  while (waitingStreams < 20) await wait(10);
  expect(literalReads).toBe(21);
  for (const end of started) end();
});

test('one change for many streams leaves turns of the event loop to requests', async () => {
  const { client, extensions } = await connect();
  const ignore = { next: () => undefined, error: () => undefined, complete: () => undefined };
  for (let count = 0; count < 100; count += 1)
    client.subscribe({ query: 'subscription { announced }', extensions }, ignore);
  while (announcer.listenerCount('announcement') < 100) await wait(10);
  announcer.emit('announcement');
  const resolvedByTurn = new Set<number>();
  for (; resolved < 100; await nextTurn()) resolvedByTurn.add(resolved);
  // 100 ms of work in slices that end with the first event after 5 ms.
  expect(resolvedByTurn.size).toBeGreaterThan(10);
});

describe('a socket', () => {
  test('is closed with 4403 without a signed caller', async () => {
    const socket = await open();
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer x' } }));
    expect(await ending(socket)).toEqual([4403, expect.stringContaining('missing')]);
  });

  test('is closed with 4401 if it subscribes before it is acknowledged', async () => {
    const socket = await open();
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { counted(to: 1) }' } }));
    expect(await ending(socket)).toEqual([4401, 'The socket is not acknowledged']);
  });

  test('is closed after a message larger than 64 kB', async () => {
    const socket = await open();
    socket.send(JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(70_000) } }));
    expect((await ending(socket))[0]).toBe(1009);
  });

  test('is rejected on another path', async () => {
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const [failure] = (await once(socket, 'error')) as [Error];
    expect(failure.message).toContain('404');
  });

  test('is closed with 1001 while draining, one after the other', async () => {
    await service.close();
    service = await startService(counting, { DRAIN_SECONDS: '1.2' });
    const sockets = await Promise.all(Array.from({ length: 4 }, open));
    const endings = sockets.map(async (socket) => ({ how: await ending(socket), at: performance.now() }));
    const closing = service.close();
    const ended = await Promise.all(endings);
    await closing;
    expect(ended.map(({ how }) => how)).toEqual(Array(4).fill([1001, 'draining']));
    // 900 ms, of which a busy machine may notice the first one late.
    expect(Math.max(...ended.map(({ at }) => at)) - Math.min(...ended.map(({ at }) => at))).toBeGreaterThan(200);
    service = await startService(counting, {});
  });
});

async function connect(): Promise<{ client: Client; extensions: Record<string, unknown> }> {
  const extensions = { [callerHeader]: await signed(userCaller()) };
  const client = createClient({
    url: `${service.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: extensions,
    retryAttempts: 0,
  });
  clients.push(client);
  return { client, extensions };
}

async function take(query: string, given?: Record<string, unknown>, more: object = {}): Promise<unknown[]> {
  const { client, extensions } = await connect();
  const results: unknown[] = [];
  for await (const result of client.iterate({ query, extensions: given ?? extensions, ...more })) results.push(result);
  return results;
}

/** The extensions of an operation of this caller. */
async function signedIn(caller: Caller): Promise<Record<string, unknown>> {
  return { [callerHeader]: await signed(caller) };
}

/** Counts to 1,000 over a socket of its own. */
async function openWindow(window: WindowRequest): Promise<{ socket: WebSocket; received: string[] }> {
  const [socket, caller, received] = [await open(), await signed(userCaller()), [] as string[]];
  socket.send(JSON.stringify({ type: 'connection_init', payload: { [callerHeader]: caller } }));
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => received.push((JSON.parse(data.toString()) as { type: string }).type));
  const extensions = { [callerHeader]: caller, [windowExtension]: window };
  const payload = { query: 'subscription { counted(to: 1000) }', extensions };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  return { socket, received };
}

/** The number of events a while after there are as many as this. */
async function eventsAfter(received: readonly string[], least: number): Promise<number> {
  const count = () => received.filter((type) => type === 'next').length;
  while (count() < least) await wait(10);
  await wait(300);
  return count();
}

async function signed(caller: Caller): Promise<string> {
  return (await testKeys()).signer.sign(caller, 'counting');
}

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

async function ending(socket: WebSocket): Promise<[number, string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}
