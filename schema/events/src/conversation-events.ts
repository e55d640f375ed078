import type { EventDefinition } from '@marquee/chassis/events/domain-event';
import { z } from 'zod';

/** The subject of each of these events is the id of the conversation. */
const source = 'messaging';

const conversationId = z.uuid().describe('The id of the conversation.');

const users = z.array(z.uuid()).max(50);

export const conversationStarted = {
  source,
  type: 'ConversationStarted',
  version: 1,
  description: 'A user started a conversation.',
  data: z.object({
    conversationId,
    startedBy: z.uuid().describe('The id of the user who started it.'),
    participants: users.describe('The ids of all participants, including the user who started it.'),
  }),
} satisfies EventDefinition;

export const messageSent = {
  source,
  type: 'MessageSent',
  version: 1,
  description: 'A user sent a message.',
  data: z.object({
    conversationId,
    sequence: z.int().positive().describe('The number of the message in the conversation, from 1.'),
    senderId: z.uuid().describe('The id of the user who sent it.'),
    recipients: users.describe('The ids of the other participants.'),
    isRequest: z
      .boolean()
      .describe('Whether it is in a conversation of two, in which the other one has not sent a message yet.'),
  }),
} satisfies EventDefinition;
