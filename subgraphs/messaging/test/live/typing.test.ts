import { describe, expect, test } from '@jest/globals';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { repeatIfSlow } from '@marquee/testkit/repeat-if-slow';
import type { TestService } from '@marquee/testkit/test-service';
import { untilStarted, useLiveServices } from '../fixtures/live-services.js';
import {
  createUsers,
  data,
  leaveMutation,
  sendMessage,
  startConversation,
  startGroup,
} from '../fixtures/messaging-testbed.js';

const { opened, listening, listenWith } = useLiveServices();

/** Milliseconds within which no typing expires. */
const expiryMs = 4_500;

describe('typing', () => {
  const typing = 'subscription ($id: ID!) { typing(conversationId: $id) { conversationId user { id } typing } }';
  const type =
    'mutation ($id: ID!, $typing: Boolean!) { setTyping(input: { conversationId: $id, typing: $typing }) { typing } }';

  test('delivers when other participants start and stop typing', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    await data(service, ben!, type, { id, typing: true });
    await data(service, ada!, type, { id, typing: true });
    await data(service, ada!, type, { id, typing: false });
    const event = { conversationId: id, user: { id: ada!.id } };
    expect([await stream.next(), await stream.next()]).toEqual([
      { data: { typing: { ...event, typing: true } } },
      { data: { typing: { ...event, typing: false } } },
    ]);
  });

  test('ends after five seconds without renewal, and at once when the message is sent', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    const next = async () => ((await stream.next()).data?.['typing'] as { typing: boolean }).typing;
    await data(service, ada!, type, { id, typing: true });
    expect(await next()).toBe(true);
    const started = performance.now();
    expect(await next()).toBe(false);
    expect(performance.now() - started).toBeGreaterThan(4_500);
    await data(service, ada!, type, { id, typing: true });
    await sendMessage(service, ada!, id, 'one');
    await sendMessage(service, ada!, id, 'two');
    await data(service, ada!, type, { id, typing: true });
    expect([await next(), await next(), await next()]).toEqual([true, false, true]);
  });

  test.each([
    ['typing events', (service: TestService, user: UserCaller, id: string) => listenWith(service, user, typing, id)],
    ['messages', (service: TestService, user: UserCaller, id: string) => listening(service, user, id, 0)],
  ])('ends at once when the last stream of %s of the typing user ends', async (_, follow) => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    await sendMessage(service, ben!, id, 'one');
    const stream = await listenWith(service, ben!, typing, id);
    const [first, second] = [await follow(service, ada!, id), await follow(service, ada!, id)];
    await untilStarted(service, ben!);
    await data(service, ada!, type, { id, typing: true });
    expect((await stream.next()).data).toMatchObject({ typing: { typing: true } });
    await first.unsubscribe();
    await untilStarted(service, ben!);
    // Renewed all the time, it cannot expire.
    const renewals = setInterval(() => void data(service, ada!, type, { id, typing: true }), 1_000);
    await second.unsubscribe();
    while (((await stream.next()).data?.['typing'] as { typing: boolean }).typing) continue;
    clearInterval(renewals);
  });

  test('goes on while the user types on another connected device', () =>
    repeatIfSlow(expiryMs, async () => {
      const service = await opened();
      const [ada, ben] = createUsers(2);
      const id = await startGroup(service, [ada!, ben!]);
      const stream = await listenWith(service, ben!, typing, id);
      const adas = await listenWith(service, ada!, typing, id);
      await untilStarted(service, ben!);
      const set = (connection: string, isTyping: boolean) =>
        service.request(type, {
          caller: ada!,
          variables: { id, typing: isTyping },
          headers: { 'x-marquee-connection': connection },
        });
      await set('phone', true);
      await set('laptop', true);
      await set('phone', false);
      await adas.unsubscribe();
      await untilStarted(service, ben!);
      await set('laptop', true);
      await set('laptop', false);
      await set('phone', true);
      await sendMessage(service, ada!, id, 'one');
      const next = async () => ((await stream.next()).data?.['typing'] as { typing: boolean }).typing;
      const events = [await next(), await next(), await next(), await next(), await next(), await next()];
      expect(events).toEqual([true, true, true, false, true, false]);
    }));

  test('ends at once when the message is sent by startConversation', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const { id } = await startConversation(service, ada!, { participantIds: [ben!.id] });
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    await data(service, ada!, type, { id, typing: true });
    await startConversation(service, ada!, { participantIds: [ben!.id], firstMessage: 'one' });
    await data(service, ada!, type, { id, typing: true });
    const next = async () => ((await stream.next()).data?.['typing'] as { typing: boolean }).typing;
    expect([await next(), await next(), await next()]).toEqual([true, false, true]);
  });

  test('ends for a participant who leaves', async () => {
    const service = await opened();
    const [ada, ben] = createUsers(2);
    const id = await startGroup(service, [ada!, ben!]);
    const stream = await listenWith(service, ben!, typing, id);
    await untilStarted(service, ben!);
    await data(service, ben!, leaveMutation, { id });
    await expect(stream.next()).rejects.toThrow('The stream has ended.');
  });
});
