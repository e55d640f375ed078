import type { Subscriber } from './subscribers.js';
import type { SentMessage } from './senders.js';
import type { StoredMessage } from './stored-messages.js';

/** Sent, stored and received messages of a drill. */
export interface DeliveryRecord {
  sent: readonly SentMessage[];
  /** By conversation id. */
  stored: ReadonlyMap<string, readonly StoredMessage[]>;
  subscribers: readonly Subscriber[];
}

/** Compares sent, stored and received messages. @returns a sentence for each problem */
export function findProblems(record: DeliveryRecord): string[] {
  const { sent, stored, subscribers } = record;
  return [
    ...[...stored].flatMap(([id, messages]) => storeProblems(id, messages)),
    ...sent.flatMap((message) => answerProblems(message, stored.get(message.conversationId) ?? [])),
    ...countProblems(sent, stored),
    ...subscribers.flatMap((subscriber) => subscriberProblems(subscriber, stored.get(subscriber.conversationId) ?? [])),
  ];
}

function storeProblems(id: string, messages: readonly StoredMessage[]): string[] {
  const gaps = messages.filter(({ sequence }, index) => sequence !== index + 1);
  const bodies = new Set(messages.map(({ body }) => body));
  return [
    ...(gaps[0] ? [`conversation ${id} has a gap or a duplicate before sequence ${gaps[0].sequence}`] : []),
    ...(bodies.size < messages.length ? [`conversation ${id} has a duplicate message`] : []),
  ];
}

function answerProblems({ body, sequence }: SentMessage, stored: readonly StoredMessage[]): string[] {
  const found = stored[sequence - 1];
  return found?.body === body
    ? []
    : [`"${body}" was answered with sequence ${sequence}, but the store has "${found?.body}" there`];
}

function countProblems(sent: readonly SentMessage[], stored: DeliveryRecord['stored']): string[] {
  const count = [...stored.values()].reduce((sum, { length }) => sum + length, 0);
  return count === sent.length ? [] : [`${sent.length} messages were sent, but the store has ${count}`];
}

function subscriberProblems({ name, received, errors }: Subscriber, stored: readonly StoredMessage[]): string[] {
  const wrong = received.findIndex(
    ({ sequence, body }, index) => sequence !== index + 1 || body !== stored[index]?.body,
  );
  const missing = stored.length - received.length;
  return [
    ...errors.map((error) => `${name}: ${error}`),
    ...(wrong >= 0 ? [`${name} received sequence ${received[wrong]?.sequence} instead of ${wrong + 1}`] : []),
    ...(missing > 0 ? [`${name} is missing ${missing} of ${stored.length} messages`] : []),
    ...(missing < 0 ? [`${name} received ${-missing} extra messages`] : []),
  ];
}
