import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest, type Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import type { TestService } from '@marquee/testkit/service';
import { codeOf, group, openMessaging, people, sent } from '../fixtures/messaging-testbed.js';

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

const [ada, ben] = people(2);
let messaging: TestService;
let id: string;
let messageId: string;
beforeAll(async () => {
  messaging = await openMessaging();
  id = await group(messaging, [ada!, ben!]);
  messageId = (await sent(messaging, ada!, id, 'Between us')).id;
});
afterAll(() => messaging.close());

describe('who is no participant', () => {
  const outsiders: [string, Caller][] = [
    ['a stranger', userCaller()],
    ['an admin', userCaller('ADMIN')],
  ];
  const cases = outsiders.flatMap(([who, caller]) =>
    byId.map(([what, document]) => [who, what, caller, document] as const),
  );

  test.each(cases)('%s is told by %s what is told of none', async (_, __, caller, document) => {
    const absent = randomUUID();
    const ask = (asked: string) => messaging.ask(document, { caller, variables: { id: asked } });
    const [there, nowhere] = [await ask(id), await ask(absent)];
    expect(codeOf(there)).toBe('NOT_FOUND');
    expect(JSON.stringify(there).replaceAll(id, 'ID')).toBe(JSON.stringify(nowhere).replaceAll(absent, 'ID'));
    expect(codeOf(await ask('no-id-at-all'))).toBe('NOT_FOUND');
  });

  test.each(streams)('is told by the stream %s what is told of none', async (_, document) => {
    for (const asked of [id, randomUUID(), 'no-id-at-all']) {
      const listening = await messaging.listen(document, { caller: userCaller(), variables: { id: asked } });
      expect(await firstError(listening.next())).toEqual({
        message: `There is no conversation "${asked}".`,
        code: 'NOT_FOUND',
      });
      await listening.leave();
    }
  });

  test('is given nothing of a conversation or a message that another service refers to', async () => {
    const document = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on Conversation { id } ... on Message { body } }
    }`;
    const representations = [
      { __typename: 'Conversation', id },
      { __typename: 'Message', id: messageId },
      { __typename: 'Message', id: randomUUID() },
      { __typename: 'Conversation', id: 'no-id-at-all' },
    ];
    const outside = await messaging.ask(document, { caller: userCaller(), variables: { representations } });
    expect(outside.data._entities).toEqual([null, null, null, null]);
    const inside = await messaging.ask(document, { caller: ben!, variables: { representations } });
    expect(inside.data._entities).toEqual([{ id }, { body: 'Between us' }, null, null]);
  });
});

describe('who is no user', () => {
  const callers: [string, Caller][] = [
    ['UNAUTHENTICATED', guest],
    ['FORBIDDEN', machineCaller('shows.read', 'shows.write')],
    ['FORBIDDEN', { kind: 'gateway' }],
  ];
  const asked = callers.flatMap(([code, caller]) =>
    [...byId, ...others].map(([what, document]) => [code, what, caller, document] as const),
  );

  test.each(asked)('is %s to %s', async (code, _, caller, document) => {
    expect(codeOf(await messaging.ask(document, { caller, variables: { id } }))).toBe(code);
  });

  const listened = callers.flatMap(([code, caller]) =>
    [...streams, inboxStream].map(([what, document]) => [code, what, caller, document] as const),
  );
  test.each(listened)('is %s to the stream %s', async (code, _, caller, document) => {
    const listening = await messaging.listen(document, { caller, variables: { id } });
    expect(await firstError(listening.next())).toMatchObject({ code });
    await listening.leave();
  });
});

/** A stream is refused by an error of its own or by a result with errors. */
async function firstError(next: Promise<object>): Promise<{ message: string; code: unknown }> {
  const refusal: unknown = await next.catch((failure: unknown) => ({ errors: failure }));
  const { errors } = refusal as { errors: { message: string; extensions: { code: string } }[] };
  const { message, extensions } = errors[0]!;
  return { message, code: extensions.code };
}
