import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/test-service';
import { codeOf, startGroup, openMessaging, createUsers, sendMessage } from '../fixtures/messaging-testbed.js';

const byId: [string, string][] = [
  ['conversation', 'query ($id: ID!) { conversation(id: $id) { id } }'],
  ['sendMessage', 'mutation ($id: ID!) { sendMessage(input: { conversationId: $id, body: "x" }) { message { id } } }'],
  ['markRead', 'mutation ($id: ID!) { markRead(input: { conversationId: $id, sequence: 1 }) { conversation { id } } }'],
  [
    'addParticipants',
    `mutation ($id: ID!) {
      addParticipants(input: { conversationId: $id, participantIds: ["${randomUUID()}"] }) { conversation { id } }
    }`,
  ],
  ['leaveConversation', 'mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { conversationId } }'],
  ['setTyping', 'mutation ($id: ID!) { setTyping(input: { conversationId: $id, typing: true }) { typing } }'],
];
const others: [string, string][] = [
  ['conversations', '{ conversations { edges { node { id } } } }'],
  ['unreadTotal', '{ unreadTotal }'],
  [
    'startConversation',
    `mutation { startConversation(input: { participantIds: ["${randomUUID()}"] }) { conversation { id } } }`,
  ],
];
const streams: [string, string][] = [
  ['messageAdded', 'subscription ($id: ID!) { messageAdded(conversationId: $id, after: 0) { body } }'],
  ['typing', 'subscription ($id: ID!) { typing(conversationId: $id) { typing } }'],
];
const inboxStream: [string, string] = ['conversationUpdated', 'subscription { conversationUpdated { id } }'];

const [ada, ben] = createUsers(2);
let messaging: TestService;
let id: string;
let messageId: string;
beforeAll(async () => {
  messaging = await openMessaging();
  id = await startGroup(messaging, [ada!, ben!]);
  messageId = (await sendMessage(messaging, ada!, id, 'Between us')).id;
});
afterAll(() => messaging.close());

describe('a caller who does not participate', () => {
  const outsiders: [string, Caller][] = [
    ['a stranger', userCaller()],
    ['an admin', userCaller('ADMIN')],
  ];
  const cases = outsiders.flatMap(([name, caller]) =>
    byId.map(([operation, document]) => [name, operation, caller, document] as const),
  );

  test.each(cases)(
    '%s gets the same NOT_FOUND from %s as for a missing conversation',
    async (_, __, caller, document) => {
      const absent = randomUUID();
      const ask = (conversationId: string) =>
        messaging.request(document, { caller, variables: { id: conversationId } });
      const [existing, missing] = [await ask(id), await ask(absent)];
      expect(codeOf(existing)).toBe('NOT_FOUND');
      expect(JSON.stringify(existing).replaceAll(id, 'ID')).toBe(JSON.stringify(missing).replaceAll(absent, 'ID'));
      expect(codeOf(await ask('no-id-at-all'))).toBe('NOT_FOUND');
    },
  );

  test.each(streams)(
    'gets the same NOT_FOUND from the stream %s as for a missing conversation',
    async (_, document) => {
      for (const asked of [id, randomUUID(), 'no-id-at-all']) {
        const listening = await messaging.subscribe(document, { caller: userCaller(), variables: { id: asked } });
        expect(await firstError(listening.next())).toEqual({
          message: `There is no conversation "${asked}".`,
          code: 'NOT_FOUND',
        });
        await listening.unsubscribe();
      }
    },
  );

  test('gets null for a conversation or message that another service references', async () => {
    const document = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Conversation { id } ... on Message { body } }
    }`;
    const representations = [
      { __typename: 'Conversation', id },
      { __typename: 'Message', id: messageId },
      { __typename: 'Message', id: randomUUID() },
      { __typename: 'Conversation', id: 'no-id-at-all' },
    ];
    const outside = await messaging.request(document, { caller: userCaller(), variables: { representations } });
    expect(outside.data._entities).toEqual([null, null, null, null]);
    const inside = await messaging.request(document, { caller: ben!, variables: { representations } });
    expect(inside.data._entities).toEqual([{ id }, { body: 'Between us' }, null, null]);
  });
});

describe('a caller who is not a user', () => {
  const callers: [string, Caller][] = [
    ['UNAUTHENTICATED', guest],
    ['FORBIDDEN', machineCaller('shows.read', 'shows.write')],
    ['FORBIDDEN', { kind: 'gateway' }],
  ];
  const operationCases = callers.flatMap(([code, caller]) =>
    [...byId, ...others].map(([operation, document]) => [code, operation, caller, document] as const),
  );

  test.each(operationCases)('gets %s from %s', async (code, _, caller, document) => {
    expect(codeOf(await messaging.request(document, { caller, variables: { id } }))).toBe(code);
  });

  const streamCases = callers.flatMap(([code, caller]) =>
    [...streams, inboxStream].map(([operation, document]) => [code, operation, caller, document] as const),
  );
  test.each(streamCases)('gets %s from the stream %s', async (code, _, caller, document) => {
    const listening = await messaging.subscribe(document, { caller, variables: { id } });
    expect(await firstError(listening.next())).toMatchObject({ code });
    await listening.unsubscribe();
  });
});

/** The error with which a stream is refused. */
async function firstError(next: Promise<object>): Promise<{ message: string; code: unknown }> {
  const refusal: unknown = await next.catch((errors: unknown) => errors);
  const [{ message, extensions }] = refusal as [{ message: string; extensions: { code: string } }];
  return { message, code: extensions.code };
}
