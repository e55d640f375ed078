import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestService } from '@marquee/testkit/service';
import { observeStores } from '@marquee/testkit/stores';
import {
  adding,
  codeOf,
  data,
  group,
  leaving,
  openMessaging,
  people,
  sent,
  started,
  upTo,
} from '../fixtures/messaging-testbed.js';

let messaging: TestService;
beforeAll(async () => {
  messaging = await openMessaging();
});
afterAll(() => messaging.close());

const start = 'mutation ($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } } }';

describe('a DIRECT conversation', () => {
  test('is one, however many starts of both sides run at once', async () => {
    const [ada, ben] = people(2);
    const both = await Promise.all(
      upTo(50).map((at) =>
        at % 2
          ? started(messaging, ada!, { participantIds: [ben!.id] })
          : started(messaging, ben!, { participantIds: [ada!.id] }),
      ),
    );
    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(both[0]).toMatchObject({ kind: 'DIRECT', title: null, job: null, lastMessage: null });
    expect(both[0]?.participants.map(({ id }) => id).sort()).toEqual([ada!.id, ben!.id].sort());
    const { conversations } = await data(messaging, ada!, '{ conversations { edges { node { id } } } }');
    expect(conversations.edges).toHaveLength(1);
  });

  test('that begins with a message has it; begun again, the message is its next one', async () => {
    const [ada, ben] = people(2);
    const jobId = randomUUID();
    const first = await started(messaging, ada!, { participantIds: [ben!.id], firstMessage: 'Hi', jobId });
    expect(first).toMatchObject({ lastMessage: { body: 'Hi', sequence: 1 }, job: { id: jobId } });
    const again = await started(messaging, ben!, { participantIds: [ada!.id], firstMessage: 'Hi you' });
    expect(again).toMatchObject({ id: first.id, lastMessage: { body: 'Hi you', sequence: 2 } });
  });

  test('is what a user has with me', async () => {
    const [ada, ben, cleo] = people(3);
    const { id } = await started(messaging, ada!, { participantIds: [ben!.id] });
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
    const guest = await messaging.ask(document, { variables: { representations } });
    expect(guest.data._entities).toEqual(Array(3).fill({ conversationWithMe: null }));
  });

  test('can be neither joined nor left', async () => {
    const [ada, ben, cleo] = people(3);
    const { id } = await started(messaging, ada!, { participantIds: [ben!.id] });
    expect(codeOf(await messaging.ask(leaving, { caller: ada!, variables: { id } }))).toBe('CONFLICT');
    const added = await messaging.ask(adding, { caller: ada!, variables: { id, who: [cleo!.id] } });
    expect(codeOf(added)).toBe('CONFLICT');
  });
});

describe('a GROUP', () => {
  test('is what has a title or more than two participants', async () => {
    const [ada, ben, cleo] = people(3);
    const titled = await started(messaging, ada!, { participantIds: [ben!.id], title: ' Two ' });
    expect(titled).toMatchObject({ kind: 'GROUP', title: 'Two' });
    const three = await started(messaging, ada!, { participantIds: [ben!.id, cleo!.id, ben!.id, ada!.id] });
    expect(three).toMatchObject({ kind: 'GROUP', participants: [ada, ben, cleo].map((user) => ({ id: user!.id })) });
  });

  test('has up to 50 participants', async () => {
    const all = people(50);
    const id = await group(messaging, all.slice(0, 2));
    const { addParticipants } = await data(messaging, all[1]!, adding, {
      id,
      who: all.slice(2).map((user) => user.id),
    });
    expect(addParticipants.conversation.participants).toHaveLength(50);
    const more = await messaging.ask(adding, { caller: all[0]!, variables: { id, who: [randomUUID()] } });
    expect(codeOf(more)).toBe('CONFLICT');
  });

  test('stays at 50 when two add at once, and nobody is lost', async () => {
    const all = people(60);
    const id = await group(messaging, all.slice(0, 40));
    const add = (who: typeof all) =>
      messaging.ask(adding, { caller: all[0]!, variables: { id, who: who.map((user) => user.id) } });
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

  test('lets who comes in read what was said, as nothing new', async () => {
    const [ada, ben, cleo] = people(3);
    const id = await group(messaging, [ada!, ben!]);
    await sent(messaging, ada!, id, 'Before');
    await data(messaging, ada!, adding, { id, who: [cleo!.id] });
    await sent(messaging, ada!, id, 'After');
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

  test('is gone for who leaves it, and comes back with who is added again', async () => {
    const [ada, ben] = people(2);
    const id = await group(messaging, [ada!, ben!]);
    await sent(messaging, ada!, id, 'One');
    await data(messaging, ben!, leaving, { id });
    await sent(messaging, ada!, id, 'Two');
    expect(await data(messaging, ben!, '{ conversations { edges { node { id } } } unreadTotal }')).toEqual({
      conversations: { edges: [] },
      unreadTotal: 0,
    });
    await data(messaging, ada!, adding, { id, who: [ben!.id] });
    const { conversations } = await data(messaging, ben!, '{ conversations { edges { node { id unreadCount } } } }');
    expect(conversations.edges).toEqual([{ node: { id, unreadCount: 0 } }]);
  });
});

test.each([
  ['nobody', { participantIds: [] }, 'participantIds'],
  ['more than 49 others', { participantIds: upTo(50).map(() => randomUUID()) }, 'participantIds'],
  ['a participant that is no id', { participantIds: ['nobody'] }, 'participantIds.0'],
  ['a title of 101 characters', { participantIds: [randomUUID()], title: 'x'.repeat(101) }, 'title'],
  ['a job that is no id', { participantIds: [randomUUID()], jobId: 'job' }, 'jobId'],
  ['a first message without characters', { participantIds: [randomUUID()], firstMessage: ' ' }, 'firstMessage'],
])('a conversation with %s is not started', async (_, input, path) => {
  const answer = await messaging.ask(start, { caller: people(1)[0]!, variables: { input } });
  expect(codeOf(answer)).toBe('BAD_USER_INPUT');
  expect(answer.errors[0]?.extensions['fields']).toMatchObject([{ path: `input.${path}` }]);
});

test('a conversation with oneself is not started', async () => {
  const [ada] = people(1);
  const answer = await messaging.ask(start, { caller: ada!, variables: { input: { participantIds: [ada!.id] } } });
  expect(codeOf(answer)).toBe('BAD_USER_INPUT');
});

describe('an inbox', () => {
  const [ada, ...others] = people(6);
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
      ids.push((await started(messaging, ada!, { participantIds: [other.id], firstMessage: 'Hello' })).id);
  });

  test('has the latest activity first', async () => {
    await sent(messaging, others[1]!, ids[1]!, 'To the top');
    expect((await listed({})).ids).toEqual([1, 4, 3, 2, 0].map((at) => ids[at]));
  });

  test('is paged without gaps or repeats', async () => {
    const first = await listed({ first: 2 });
    const second = await listed({ first: 2, after: first.endCursor });
    const third = await listed({ first: 2, after: second.endCursor });
    expect([first, second, third].map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false]);
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual((await listed({})).ids);
  });

  test('costs three requests whatever the size of its page', async () => {
    const costs = async (first: number) => (await observeStores(() => listed({ first }))).requests;
    const [small, large] = [await costs(1), await costs(100)];
    expect(small.map(({ statement }) => statement)).toEqual(large.map(({ statement }) => statement));
    expect(large.map(({ statement }) => statement.split(' ')[0])).toEqual(['Query', 'BatchGetItem', 'BatchGetItem']);
  });

  test.each([{ first: 0 }, { first: 101 }, { after: 'nonsense' }])('of %o is refused', async (variables) => {
    expect(codeOf(await messaging.ask(page, { caller: ada!, variables }))).toBe('BAD_USER_INPUT');
  });
});
