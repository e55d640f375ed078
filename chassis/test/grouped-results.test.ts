import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { WebSocket } from 'ws';
import { shareEvent } from '@marquee/chassis/bus/shared-events';
import { type SubgraphSettings, subgraphSettings } from '@marquee/chassis/config/settings';
import { createSubgraphWebSocketRoute } from '@marquee/chassis/graphql/subgraph-websocket';
import { groupedResultsParameter, nextStart, parseGroupedNext } from '@marquee/chassis/http/grouped-results';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import type { Service } from '@marquee/chassis/process/run-service';
import { userCaller } from '@marquee/testkit/callers';
import { testKeys } from '@marquee/testkit/test-keys';
import { startService, type TestService } from '@marquee/testkit/test-service';

const announcer = new EventEmitter();

async function* announcement(): AsyncGenerator<unknown> {
  yield (await once(announcer, 'announcement'))[0];
}

const announcing: Service<SubgraphSettings> = {
  name: 'announcing',
  settings: subgraphSettings,
  async open(serviceContext) {
    const schema = buildSchema('type Query { size: Int } type Subscription { told(of: Int!): String }');
    const { told } = (schema.getSubscriptionType() as GraphQLObjectType).getFields();
    Object.assign(told ?? {}, { subscribe: () => announcement() });
    const live = createSubgraphWebSocketRoute({
      name: 'announcing',
      schema,
      serviceContext,
      context: (caller) => ({ caller }),
    });
    return { routes: {}, websockets: { '/graphql': live }, check: async () => undefined };
  },
};

let service: TestService;
beforeAll(async () => void (service = await startService(announcing, { DRAIN_SECONDS: '0.1' })));
afterAll(() => service.close());

const payload = { data: { told: 'news' } };

describe('one event of many streams of a socket', () => {
  test('is one message with all their ids, if the client accepts it', async () => {
    const messages = await announceTo(['a', 'b', 'c'], { [groupedResultsParameter]: true });
    expect(messages).toEqual([{ type: 'next', ids: ['a', 'b', 'c'], payload }]);
  });

  test('is one message for each of them otherwise', async () => {
    const messages = await announceTo(['a', 'b'], {});
    expect(messages).toEqual(['a', 'b'].map((id) => ({ type: 'next', id, payload })));
  });

  test('is never one message for several callers', async () => {
    const messages = await announceTo(['a', 'b', 'a2'], { [groupedResultsParameter]: true }, ([user]) => user);
    expect(messages).toEqual([
      { type: 'next', ids: ['a', 'a2'], payload },
      { type: 'next', id: 'b', payload },
    ]);
  });

  test('is a usual message if there is one stream only', async () => {
    const messages = await announceTo(['a'], { [groupedResultsParameter]: true });
    expect(messages).toEqual([{ type: 'next', id: 'a', payload }]);
  });
});

describe('a message with several ids', () => {
  test('is read as it was written', () => {
    const text = `${nextStart(['1', '2'])}${JSON.stringify(payload)}}`;
    expect(parseGroupedNext(text)).toEqual({ ids: ['1', '2'], payload });
  });

  test.each([
    '{"type":"next","id":"1","payload":{}}',
    '{"type":"next","ids":',
    '{"type":"next","ids":"1","payload":{}}',
  ])('is not %s', (text) => expect(parseGroupedNext(text)).toBeUndefined());
});

/**
 * Subscribes to the next announcement with each id, and returns the results that it sends.
 * @param userOf the id of the user who subscribes with an id; one for all by default
 */
async function announceTo(
  ids: readonly string[],
  parameters: object,
  userOf: (id: string) => string | undefined = () => 'ada',
): Promise<unknown[]> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: { type: string }[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { type: string }));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { ...(await signedCaller('ada')), ...parameters } }));
  while (messages.length === 0) await wait(10);
  for (const [of, id] of ids.entries()) {
    const operation = {
      query: 'subscription ($of: Int!) { told(of: $of) }',
      variables: { of },
      extensions: await signedCaller(userOf(id)),
    };
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: operation }));
  }
  while (announcer.listenerCount('announcement') < ids.length) await wait(10);
  announcer.emit('announcement', shareEvent({ told: 'news' }));
  while (messages.filter(({ type }) => type === 'complete').length < ids.length) await wait(10);
  socket.terminate();
  return messages.filter(({ type }) => type === 'next');
}

async function signedCaller(user: string | undefined): Promise<Record<string, string>> {
  const { signer } = await testKeys();
  return { [callerHeader]: await signer.sign(userCaller('FREELANCER', user), 'announcing') };
}
