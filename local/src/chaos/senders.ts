import { setTimeout as wait } from 'node:timers/promises';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import type { Fleet } from '../fleet/fleet.js';
import { sendRequest, RequestRejectedError } from './graphql-request.js';
import type { ChaosOptions } from './chaos-options.js';
import type { Conversation, DrillUser, DrillSetup } from './drill-users.js';
import type { Random } from '@marquee/testkit/seeded-random';

/** A message with its response. */
export interface SentMessage {
  conversationId: string;
  body: string;
  sequence: number;
  /** Time of the response, from `performance.now`. */
  answeredAt: number;
}

export interface SendingOptions {
  fleet: Fleet;
  options: ChaosOptions;
  setup: DrillSetup;
  random: Random;
  /** Called for each answered message. */
  onAnswered(message: SentMessage): void;
  /** The last part of each sender's messages is sent once this resolves. */
  failuresDone: Promise<void>;
}

/** The combined result of all senders. */
export interface SendResult {
  /** Retries, with the same clientMessageId. */
  retries: number;
  /** Unexpected errors. */
  errors: string[];
}

/** The share of messages that is sent during failures; the rest verifies the recovery. */
const shareDuringFailures = 0.9;

/** Delays between the attempts to send one message. */
const retryBackoff = { baseMs: 100, maxMs: 2_000, jitter: 'full' } as const;

/** Conversations to which messages are sent at the same time. */
const maxConversations = 4;

/** Maximum attempts to send one message. */
const maxAttempts = 100;

/** Sends messages from all users concurrently; each user retries a message until it is answered, then sends the next. */
export async function sendMessages(sending: SendingOptions): Promise<SendResult> {
  const result: SendResult = { retries: 0, errors: [] };
  const { setup, random } = sending;
  const counts = splitEvenly(sending.options.messages, setup.users.length);
  await Promise.all(
    setup.users.map((user, index) => sendMessagesOf(sending, result, user, counts[index] ?? 0, random.branch())),
  );
  return result;
}

async function sendMessagesOf(
  sending: SendingOptions,
  result: SendResult,
  user: DrillUser,
  count: number,
  random: Random,
): Promise<void> {
  const { options, setup, failuresDone } = sending;
  const own = setup.conversations.filter(({ participants }) => participants.includes(user));
  const pause = (1_000 * options.senders) / options.rate;
  for (let number = 1; number <= count; number += 1) {
    if (number > count * shareDuringFailures) await failuresDone;
    await wait(random.between(0, 2 * pause));
    await sendMessage(sending, result, user, random.pick(own), number);
  }
}

/**
 * Sends messages to all conversations, without failures meanwhile.
 * @param count number of messages of each sender
 * @param before number of earlier messages, so that bodies are unique
 * @param senders number of participants who send. Default: all
 */
export async function sendToAll(
  fleet: Fleet,
  conversations: readonly Conversation[],
  count: number,
  before = 0,
  senders = Infinity,
): Promise<SentMessage[]> {
  const sent: SentMessage[] = [];
  const result: SendResult = { retries: 0, errors: [] };
  const sending = { fleet, onAnswered: (message: SentMessage) => void sent.push(message) };
  await mapWithConcurrency(conversations, maxConversations, async (conversation) => {
    const sendAll = async (user: DrillUser) => {
      for (let number = 1; number <= count; number += 1)
        await sendMessage(sending, result, user, conversation, before + number);
    };
    await Promise.all(conversation.participants.slice(0, senders).map(sendAll));
  });
  if (result.errors[0] !== undefined) throw new Error(result.errors[0]);
  return sent;
}

async function sendMessage(
  { fleet, onAnswered }: Pick<SendingOptions, 'fleet' | 'onAnswered'>,
  result: SendResult,
  { sub, token }: DrillUser,
  { id: conversationId }: Conversation,
  number: number,
): Promise<void> {
  const body = `${sub} says ${number}`;
  const input = { conversationId, body, clientMessageId: `${sub}-${number}` };
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      const data = await sendRequest<SendMessageData>(fleet.url, token, mutation, { input });
      if (data) {
        const { sequence } = data.sendMessage.message;
        return onAnswered({ conversationId, body, sequence, answeredAt: performance.now() });
      }
    } catch (failure) {
      if (!(failure instanceof RequestRejectedError)) throw failure;
      result.errors.push(`"${body}" was rejected: ${failure.message}`);
    }
    result.retries += 1;
    await waitForBackoff(attempt, retryBackoff);
  }
  result.errors.push(`"${body}" was not answered in ${maxAttempts} attempts`);
}

const mutation = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { sequence sender { id } } }
}`;

interface SendMessageData {
  sendMessage: { message: { sequence: number } };
}

function splitEvenly(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((total + index) / parts));
}
