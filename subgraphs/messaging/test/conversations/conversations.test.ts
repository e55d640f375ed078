import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import {
  addMutation,
  codeOf,
  data,
  startGroup,
  leaveMutation,
  openMessaging,
  createUsers,
  sendMessage,
  startConversation,
  oneTo,
} from '../fixtures/messaging-testbed.js';

let messaging: TestService;
beforeAll(async () => {
  messaging = await openMessaging();
});
afterAll(() => messaging.close());

const start = 'mutation ($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } } }';

describe('a DIRECT conversation', () => {
  test('is created once when both users start it 50 times concurrently', async () => {
    const [ada, ben] = createUsers(2);
    const both = await Promise.all(
      oneTo(50).map((at) =>
        at % 2
          ? startConversation(messaging, ada!, { participantIds: [ben!.id] })
          : startConversation(messaging, ben!, { participantIds: [ada!.id] }),
      ),
    );
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(both[0]).toMatchObject({ kind: 'DIRECT', title: null, job: null, lastMessage: null });
    expect(both[0]?.participants.map(({ id }) => id).sort()).toEqual([ada!.id, ben!.id].sort());
    const { conversations } = await data(messaging, ada!, '{ conversations { edges { node { id } } } }');
    expect(conversations.edges).toHaveLength(1);
  });

  test('sends the first message, also as the next message of an existing conversation', async () => {
    const [ada, ben] = createUsers(2);
    const jobId = randomUUID();
    const first = await startConversation(messaging, ada!, { participantIds: [ben!.id], firstMessage: 'Hi', jobId });
    expect(first).toMatchObject({ lastMessage: { body: 'Hi', sequence: 1 }, job: { id: jobId } });
    const again = await startConversation(messaging, ben!, { participantIds: [ada!.id], firstMessage: 'Hi you' });
    expect(again).toMatchObject({ id: first.id, lastMessage: { body: 'Hi you', sequence: 2 } });
  });

  test('is the conversationWithMe of the other user', async () => {
    const [ada, ben, cleo] = createUsers(3);
    const { id } = await startConversation(messaging, ada!, { participantIds: [ben!.id] });
    const representations = [ada, ben, cleo].map((user) => ({ __typename: 'User', id: user!.id }));
    const document = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on User { conversationWithMe { id } } }
    }`;
    const { result, requests } = await observeStores(() => data(messaging, ada!, document, { representations }));
    expect(result._entities).toEqual([
      { conversationWithMe: null },
      { conversationWithMe: { id } },
      { conversationWithMe: null },
    ]);
    expect(requests).toHaveLength(2);
    const guest = await messaging.request(document, { variables: { representations } });
    expect(guest.data._entities).toEqual(Array(3).fill({ conversationWithMe: null }));
  });

  test('rejects addParticipants and leaveConversation with CONFLICT', async () => {
    const [ada, ben, cleo] = createUsers(3);
    const { id } = await startConversation(messaging, ada!, { participantIds: [ben!.id] });
    expect(codeOf(await messaging.request(leaveMutation, { caller: ada!, variables: { id } }))).toBe('CONFLICT');
    const added = await messaging.request(addMutation, { caller: ada!, variables: { id, userIds: [cleo!.id] } });
    expect(codeOf(added)).toBe('CONFLICT');
  });
});

describe('a GROUP', () => {
  test('is created for a title or more than two participants', async () => {
    const [ada, ben, cleo] = createUsers(3);
    const titled = await startConversation(messaging, ada!, { participantIds: [ben!.id], title: ' Two ' });
    expect(titled).toMatchObject({ kind: 'GROUP', title: 'Two' });
    const three = await startConversation(messaging, ada!, { participantIds: [ben!.id, cleo!.id, ben!.id, ada!.id] });
    expect(three).toMatchObject({ kind: 'GROUP', participants: [ada, ben, cleo].map((user) => ({ id: user!.id })) });
  });

  test('rejects a 51st participant', async () => {
    const all = createUsers(50);
    const id = await startGroup(messaging, all.slice(0, 2));
    const { addParticipants } = await data(messaging, all[1]!, addMutation, {
      id,
      userIds: all.slice(2).map((user) => user.id),
    });
    expect(addParticipants.conversation.participants).toHaveLength(50);
    const more = await messaging.request(addMutation, { caller: all[0]!, variables: { id, userIds: [randomUUID()] } });
    expect(codeOf(more)).toBe('CONFLICT');
  });

  test('does not exceed 50 participants when two additions run concurrently', async () => {
    const all = createUsers(60);
    const id = await startGroup(messaging, all.slice(0, 40));
    const add = (users: typeof all) =>
      messaging.request(addMutation, { caller: all[0]!, variables: { id, userIds: users.map((user) => user.id) } });
    const both = await Promise.all([add(all.slice(40, 50)), add(all.slice(50))]);
    expect(both.map(({ errors }) => errors.length).sort()).toEqual([0, 1]);
    const { conversation } = await data(
      messaging,
      all[0]!,
      'query ($id: ID!) { conversation(id: $id) { participants { id } } }',
      { id },
    );
    expect(conversation.participants).toHaveLength(50);
  });

  test('shows earlier messages to new participants without counting them as unread', async () => {
    const [ada, ben, cleo] = createUsers(3);
    const id = await startGroup(messaging, [ada!, ben!]);
    await sendMessage(messaging, ada!, id, 'Before');
    await data(messaging, ada!, addMutation, { id, userIds: [cleo!.id] });
    await sendMessage(messaging, ada!, id, 'After');
    const document =
      'query ($id: ID!) { conversation(id: $id) { unreadCount messages { edges { node { body } } } } unreadTotal }';
    expect(await data(messaging, cleo!, document, { id })).toEqual({
      conversation: {
        unreadCount: 1,
        messages: { edges: [{ node: { body: 'Before' } }, { node: { body: 'After' } }] },
      },
      unreadTotal: 1,
    });
  });

  test('disappears from the inbox of a participant who leaves, until they are added again', async () => {
    const [ada, ben] = createUsers(2);
    const id = await startGroup(messaging, [ada!, ben!]);
    await sendMessage(messaging, ada!, id, 'One');
    await data(messaging, ben!, leaveMutation, { id });
    await sendMessage(messaging, ada!, id, 'Two');
    expect(await data(messaging, ben!, '{ conversations { edges { node { id } } } unreadTotal }')).toEqual({
      conversations: { edges: [] },
      unreadTotal: 0,
    });
    await data(messaging, ada!, addMutation, { id, userIds: [ben!.id] });
    const { conversations } = await data(messaging, ben!, '{ conversations { edges { node { id unreadCount } } } }');
    expect(conversations.edges).toEqual([{ node: { id, unreadCount: 0 } }]);
  });
});

test.each([
  ['no participants', { participantIds: [] }, 'participantIds'],
  ['more than 49 others', { participantIds: oneTo(50).map(() => randomUUID()) }, 'participantIds'],
  ['an invalid participant id', { participantIds: ['nobody'] }, 'participantIds.0'],
  ['a title of 101 characters', { participantIds: [randomUUID()], title: 'x'.repeat(101) }, 'title'],
  ['an invalid job id', { participantIds: [randomUUID()], jobId: 'job' }, 'jobId'],
  ['a blank first message', { participantIds: [randomUUID()], firstMessage: ' ' }, 'firstMessage'],
])('startConversation rejects %s', async (_, input, path) => {
  const response = await messaging.request(start, { caller: createUsers(1)[0]!, variables: { input } });
  expect(codeOf(response)).toBe('BAD_USER_INPUT');
  expect(response.errors[0]?.extensions['fields']).toMatchObject([{ path: `input.${path}` }]);
});

test('startConversation rejects a conversation with oneself', async () => {
  const [ada] = createUsers(1);
  const response = await messaging.request(start, {
    caller: ada!,
    variables: { input: { participantIds: [ada!.id] } },
  });
  expect(codeOf(response)).toBe('BAD_USER_INPUT');
});

describe('the inbox', () => {
  const [ada, ...others] = createUsers(6);
  const ids: string[] = [];
  const page = `query ($first: Int, $after: String) {
    conversations(first: $first, after: $after) {
      edges { node { id unreadCount lastMessage { body } readReceipts { sequence } participants { id } } }
      pageInfo { hasNextPage endCursor }
    }
  }`;
  const listed = async (variables: object) => {
    const { conversations } = await data(messaging, ada!, page, variables);
    const found = conversations.edges.map(({ node }: { node: { id: string } }) => node.id) as string[];
    return { ids: found, ...conversations.pageInfo } as { ids: string[]; hasNextPage: boolean; endCursor: string };
  };
  beforeAll(async () => {
    for (const other of others)
      ids.push((await startConversation(messaging, ada!, { participantIds: [other.id], firstMessage: 'Hello' })).id);
  });

  test('lists the latest activity first', async () => {
    await sendMessage(messaging, others[1]!, ids[1]!, 'To the top');
    expect((await listed({})).ids).toEqual([1, 4, 3, 2, 0].map((at) => ids[at]));
  });

  test('pages without gaps or duplicates', async () => {
    const first = await listed({ first: 2 });
    const second = await listed({ first: 2, after: first.endCursor });
    const third = await listed({ first: 2, after: second.endCursor });
    expect([first, second, third].map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false]);
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual((await listed({})).ids);
  });

  test('takes three requests at any page size', async () => {
    const costs = async (first: number) => (await observeStores(() => listed({ first }))).requests;
    const [small, large] = [await costs(1), await costs(100)];
    expect(small.map(({ statement }) => statement)).toEqual(large.map(({ statement }) => statement));
    expect(large.map(({ statement }) => statement.split(' ')[0])).toEqual(['Query', 'BatchGetItem', 'BatchGetItem']);
  });

  test.each([{ first: 0 }, { first: 101 }, { after: 'nonsense' }])(
    'rejects the paging arguments %o',
    async (variables) => {
      expect(codeOf(await messaging.request(page, { caller: ada!, variables }))).toBe('BAD_USER_INPUT');
    },
  );
});
