import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startService, type GraphqlResponse, type TestService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { service } from '../src/service.js';
import { createUsers, startConversation } from './fixtures/messaging-testbed.js';

// A hundredth of the quotas: 2 conversations and 10 participants.
const environment: Record<string, string> = { ...freshTable(), QUOTA_FACTOR: '0.01', DRAIN_SECONDS: '0.1' };
let messaging: TestService;
let replica: TestService;
beforeAll(async () => {
  messaging = await startService(service, environment);
  replica = await startService(service, environment);
});
afterAll(() => Promise.all([messaging.close(), replica.close()]));

const start = `mutation ($input: StartConversationInput!) { startConversation(input: $input) { conversation { id } } }`;
const add = `mutation ($input: AddParticipantsInput!) { addParticipants(input: $input) { conversation { id } } }`;

describe('the quota of', () => {
  test('conversations is shared by all replicas, for concurrent requests too', async () => {
    const [caller] = createUsers(1);
    const answers = await Promise.all(
      createUsers(8).map(({ id }, at) =>
        (at % 2 === 0 ? messaging : replica).request(start, {
          caller: caller!,
          variables: { input: { participantIds: [id] } },
        }),
      ),
    );
    const refused = answers.filter(isRefused);
    expect(answers.length - refused.length).toBe(2);
    for (const { errors } of refused) expect(errors[0]?.extensions['retryAfterSeconds']).toBeGreaterThan(43_190);
  });

  test('conversations does not disturb the number of unread messages', async () => {
    const [caller, other] = createUsers(2);
    await startConversation(messaging, caller!, { participantIds: [other!.id], firstMessage: 'Hello.' });
    const totals = [caller, other].map((one) => messaging.request('{ unreadTotal }', { caller: one! }));
    expect((await Promise.all(totals)).map(({ data }) => data.unreadTotal)).toEqual([0, 1]);
  });

  test('conversations does not count one that exists', async () => {
    const [caller, other] = createUsers(2);
    const input = { participantIds: [other!.id] };
    const ids = new Set<string>();
    for (let count = 0; count < 5; count += 1) ids.add((await startConversation(messaging, caller!, input)).id);
    expect(ids.size).toBe(1);
  });

  test('participants counts users who join a group, once', async () => {
    const [caller, ...others] = createUsers(13);
    const ids = others.map(({ id }) => id);
    const { id } = await startConversation(messaging, caller!, { title: 'Group', participantIds: ids.slice(0, 5) });
    const request = (participantIds: string[]) =>
      messaging.request(add, { caller: caller!, variables: { input: { conversationId: id, participantIds } } });
    expect(isRefused(await request(ids.slice(0, 8)))).toBe(false);
    expect(isRefused(await request(ids.slice(0, 8)))).toBe(false);
    expect(isRefused(await request(ids.slice(8, 11)))).toBe(true);
    expect(isRefused(await request(ids.slice(8, 10)))).toBe(false);
    expect(isRefused(await request(ids.slice(10)))).toBe(true);
  });

  test('participants refuses a group that is larger, which then does not count as a conversation', async () => {
    const [caller, ...others] = createUsers(12);
    const participantIds = others.map(({ id }) => id);
    for (let count = 0; count < 3; count += 1)
      expect(
        isRefused(
          await messaging.request(start, { caller: caller!, variables: { input: { title: 'All', participantIds } } }),
        ),
      ).toBe(true);
    for (const { id } of others.slice(0, 2)) await startConversation(messaging, caller!, { participantIds: [id] });
  });
});

function isRefused({ errors }: GraphqlResponse): boolean {
  return errors[0]?.extensions['code'] === 'RATE_LIMITED';
}
