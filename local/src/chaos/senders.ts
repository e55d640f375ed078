import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import { sendRequest, RequestRejectedError } from './graphql-request.js';
import type { ChaosOptions } from './chaos-options.js';
import type { Conversation, DrillUser, DrillUsers } from './drill-users.js';
import type { Random } from './seeded-random.js';

/** A message that was answered. */
export interface SentMessage {
  conversationId: string;
  body: string;
  sequence: number;
  /** On the clock of `performance.now`. */
  answeredAt: number;
}

export interface SendingOptions {
  fleet: Fleet;
  options: ChaosOptions;
  population: DrillUsers;
  random: Random;
  /** A message was answered. */
  onAnswered(message: SentMessage): void;
  /** The last part of every sender's messages waits for this. */
  failuresDone: Promise<void>;
}

/** What all senders have seen. */
export interface SendResult {
  /** Attempts that had to be made again, under the same clientMessageId. */
  retries: number;
  /** Answers that should not have come. */
  errors: string[];
}

/** The share of each sender's messages that goes out while faults come; the rest shows that all is well after them. */
const shareDuringFailures = 0.9;

/** Attempts to send one message. */
const maxAttempts = 100;

/** Everybody sends their part, one message after the other, each until it is answered. */
export async function sendMessages(sending: SendingOptions): Promise<SendResult> {
  const seen: SendResult = { retries: 0, errors: [] };
  const { population, random } = sending;
  const loads = splitEvenly(sending.options.messages, population.users.length);
  await Promise.all(
    population.users.map((person, index) => sendMessagesOf(sending, seen, person, loads[index] ?? 0, random.branch())),
  );
  return seen;
}

async function sendMessagesOf(
  sending: SendingOptions,
  seen: SendResult,
  person: DrillUser,
  load: number,
  random: Random,
): Promise<void> {
  const { options, population, failuresDone } = sending;
  const own = population.conversations.filter(({ participants }) => participants.includes(person));
  const pause = (1_000 * options.senders) / options.rate;
  for (let number = 1; number <= load; number += 1) {
    if (number > load * shareDuringFailures) await failuresDone;
    await wait(random.between(0, 2 * pause));
    await sendMessage(sending, seen, person, random.pick(own), number);
  }
}

async function sendMessage(
  { fleet, onAnswered }: SendingOptions,
  seen: SendResult,
  { sub, token }: DrillUser,
  { id: conversationId }: Conversation,
  number: number,
): Promise<void> {
  const body = `${sub} says ${number}`;
  const input = { conversationId, body, clientMessageId: `${sub}-${number}` };
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    try {
      const data = await sendRequest<Answer>(fleet.url, token, mutation, { input });
      if (data) {
        const { sequence } = data.sendMessage.message;
        return onAnswered({ conversationId, body, sequence, answeredAt: performance.now() });
      }
    } catch (failure) {
      if (!(failure instanceof RequestRejectedError)) throw failure;
      seen.errors.push(`"${body}" was refused: ${failure.message}`);
    }
    seen.retries += 1;
    await wait(Math.random() * Math.min(2_000, 50 * 2 ** attempt));
  }
  seen.errors.push(`"${body}" was not answered in ${maxAttempts} attempts`);
}

const mutation = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { sequence sender { id } } }
}`;

interface Answer {
  sendMessage: { message: { sequence: number } };
}

function splitEvenly(total: number, people: number): number[] {
  return Array.from({ length: people }, (_, index) => Math.floor((total + index) / people));
}
