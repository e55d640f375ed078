import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { TestService } from '@marquee/testkit/test-service';
import { observeStores } from '@marquee/testkit/test-stores';
import {
  codeOf,
  data,
  startGroup,
  openMessaging,
  createUsers,
  sendMessage,
  oneTo,
} from '../fixtures/messaging-testbed.js';

const document = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { sequence } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

let messaging: TestService;
let ada: UserCaller;
let id: string;
beforeAll(async () => {
  messaging = await openMessaging();
  const [first, second] = createUsers(2);
  ada = first!;
  id = await startGroup(messaging, [ada, second!]);
  await Promise.all(oneTo(45).map((at) => sendMessage(messaging, at % 2 ? ada : second!, id, `${at}`)));
});
afterAll(() => messaging.close());

interface Page {
  sequences: number[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

async function page(variables: object): Promise<Page> {
  const { messages } = (await data(messaging, ada, document, { id, ...variables })).conversation;
  const edges = messages.edges as { node: { sequence: number } }[];
  return { sequences: edges.map(({ node }) => node.sequence), ...messages.pageInfo };
}

test('pages forward with first and after', async () => {
  const first = await page({});
  expect(first).toMatchObject({ sequences: oneTo(20), hasNextPage: true, hasPreviousPage: false });
  const second = await page({ first: 100, after: first.endCursor });
  expect(second).toMatchObject({ sequences: oneTo(45).slice(20), hasNextPage: false, hasPreviousPage: true });
  expect(await page({ after: second.endCursor })).toMatchObject({ sequences: [], hasNextPage: false, endCursor: null });
});

test('pages backward with last and before, in ascending order', async () => {
  const last = await page({ last: 10 });
  expect(last).toMatchObject({ sequences: oneTo(45).slice(35), hasNextPage: false, hasPreviousPage: true });
  const before = await page({ last: 30, before: last.startCursor });
  expect(before.sequences).toEqual(oneTo(35).slice(5));
  const rest = await page({ last: 30, before: before.startCursor });
  expect(rest).toMatchObject({ sequences: oneTo(5), hasPreviousPage: false, hasNextPage: true });
});

test('limits a page to the messages between two cursors', async () => {
  const { endCursor } = await page({ first: 3 });
  const { startCursor } = await page({ last: 40 });
  expect((await page({ first: 10, after: endCursor, before: startCursor })).sequences).toEqual([4, 5]);
});

test('takes two requests at any page size', async () => {
  const costs = async (first: number) => (await observeStores(() => page({ first }))).requests.length;
  expect([await costs(1), await costs(45)]).toEqual([2, 2]);
});

test.each([
  ['first', { first: 0 }],
  ['first', { first: 101 }],
  ['last', { last: 0 }],
  ['last', { last: 101 }],
  ['last', { first: 1, last: 1 }],
  ['after', { after: 'nonsense' }],
  ['before', { last: 1, before: 'nonsense' }],
])('rejects an invalid %s: %o', async (path, variables) => {
  const response = await messaging.request(document, { caller: ada, variables: { id, ...variables } });
  expect(codeOf(response)).toBe('BAD_USER_INPUT');
  expect(response.errors[0]?.extensions['fields']).toMatchObject([{ path }]);
});
