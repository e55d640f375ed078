import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet.js';
import { ask, Refused } from './ask.js';
import type { ChaosOptions } from './options.js';
import type { Conversation, Person, Population } from './population.js';
import type { Random } from './random.js';

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
  population: Population;
  random: Random;
  /** A message was answered. */
  answered(message: SentMessage): void;
  /** The last part of every sender's messages waits for this. */
  calm: Promise<void>;
}

/** What all senders have seen. */
export interface Sendings {
  /** Attempts that had to be made again, under the same clientMessageId. */
  retries: number;
  /** Answers that should not have come. */
  refusals: string[];
}

/** The share of each sender's messages that goes out while faults come; the rest shows that all is well after them. */
const shareAmidFaults = 0.9;

/** Attempts to send one message. */
const mostAttempts = 100;

/** Everybody sends their part, one message after the other, each until it is answered. */
export async function sendAll(sending: SendingOptions): Promise<Sendings> {
  const seen: Sendings = { retries: 0, refusals: [] };
  const { population, random } = sending;
  const loads = shared(sending.options.messages, population.people.length);
  await Promise.all(
    population.people.map((person, index) => sendPart(sending, seen, person, loads[index] ?? 0, random.branch())),
  );
  return seen;
}

async function sendPart(
  sending: SendingOptions,
  seen: Sendings,
  person: Person,
  load: number,
  random: Random,
): Promise<void> {
  const { options, population, calm } = sending;
  const own = population.conversations.filter(({ participants }) => participants.includes(person));
  const pause = (1_000 * options.senders) / options.rate;
  for (let number = 1; number <= load; number += 1) {
    if (number > load * shareAmidFaults) await calm;
    await wait(random.between(0, 2 * pause));
    await send(sending, seen, person, random.pick(own), number);
  }
}

async function send(
  { fleet, answered }: SendingOptions,
  seen: Sendings,
  { sub, token }: Person,
  { id: conversationId }: Conversation,
  number: number,
): Promise<void> {
  const body = `${sub} says ${number}`;
  const input = { conversationId, body, clientMessageId: `${sub}-${number}` };
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    try {
      const data = await ask<Answer>(fleet.url, token, mutation, { input });
      if (data) {
        const { sequence } = data.sendMessage.message;
        return answered({ conversationId, body, sequence, answeredAt: performance.now() });
      }
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      seen.refusals.push(`"${body}" was refused: ${failure.message}`);
    }
    seen.retries += 1;
    await wait(Math.random() * Math.min(2_000, 50 * 2 ** attempt));
  }
  seen.refusals.push(`"${body}" was not answered in ${mostAttempts} attempts`);
}

const mutation = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { sequence sender { id } } }
}`;

interface Answer {
  sendMessage: { message: { sequence: number } };
}

function shared(total: number, people: number): number[] {
  return Array.from({ length: people }, (_, index) => Math.floor((total + index) / people));
}
