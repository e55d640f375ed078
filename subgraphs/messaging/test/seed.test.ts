import { expect, test } from '@jest/globals';
import { userCaller } from '@marquee/testkit/callers';
import { startService } from '@marquee/testkit/test-service';
import { freshTable } from '@marquee/testkit/test-stores';
import { messagingSettings } from '../src/config.js';
import { service } from '../src/service.js';
import { data, sendMessage, startConversation } from './fixtures/messaging-testbed.js';

const publisher = userCaller('HIRING_USER', '019a0000-0000-7000-8000-000000000003');
const illustrator = userCaller('FREELANCER', '019a0000-0000-7000-8000-000000000011');

test('the seed adds the example conversations once and keeps messages that were sent in them', async () => {
  const variables = { ...freshTable(), SEED: 'true' };
  const document =
    '{ conversations { edges { node { id title unreadCount lastMessage { body sequence } } } } unreadTotal }';
  const first = await startService(service, variables);
  const before = await data(first, publisher, document);
  expect(before.conversations.edges.length).toBeGreaterThan(2);
  expect(before.unreadTotal).toBeGreaterThan(0);
  const direct = await startConversation(first, illustrator, { participantIds: [publisher.id] });
  expect(direct.lastMessage?.sequence).toBeGreaterThan(1);
  await sendMessage(first, illustrator, direct.id, 'Sketches are on their way.');
  await first.close();
  const again = await startService(service, variables);
  const after = await data(again, publisher, document);
  expect(after.conversations.edges).toHaveLength(before.conversations.edges.length);
  expect(after.conversations.edges[0].node).toMatchObject({
    id: direct.id,
    lastMessage: { body: 'Sketches are on their way.' },
  });
  await again.close();
});

test('the settings reject the seed in production', () => {
  const needed = { PORT: '0', CALLER_KEYS: '{}', TABLE_NAME: 'messages', REDIS_URL: 'redis://127.0.0.1' };
  const EVENTS_QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/messaging.fifo';
  const EVENTS_TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:messaging.fifo';
  const settings = { ...needed, EVENTS_QUEUE_URL, EVENTS_TOPIC_ARN, NODE_ENV: 'production', SEED: 'true' };
  expect(messagingSettings.safeParse(settings).error?.issues).toMatchObject([{ path: ['SEED'] }]);
});
