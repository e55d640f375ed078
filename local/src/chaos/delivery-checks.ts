import type { Subscriber } from './subscribers.js';
import type { SentMessage } from './senders.js';
import type { StoredMessage } from './stored-messages.js';

/** What is known at the end of a drill. */
export interface DeliveryRecord {
  sent: readonly SentMessage[];
  /** By conversation. */
  stored: ReadonlyMap<string, readonly StoredMessage[]>;
  listeners: readonly Subscriber[];
}

/** Everything that is wrong, in words. */
export function findProblems(evidence: DeliveryRecord): string[] {
  const { sent, stored, listeners } = evidence;
  return [
    ...[...stored].flatMap(([id, messages]) => storeProblems(id, messages)),
    ...sent.flatMap((message) => answerProblems(message, stored.get(message.conversationId) ?? [])),
    ...countProblems(sent, stored),
    ...listeners.flatMap((listener) => listenerProblems(listener, stored.get(listener.conversationId) ?? [])),
  ];
}

function storeProblems(id: string, messages: readonly StoredMessage[]): string[] {
  const holes = messages.filter(({ sequence }, index) => sequence !== index + 1);
  const bodies = new Set(messages.map(({ body }) => body));
  return [
    ...(holes[0] ? [`conversation ${id} has a hole or a repeat before sequence ${holes[0].sequence}`] : []),
    ...(bodies.size < messages.length ? [`conversation ${id} has a message twice`] : []),
  ];
}

function answerProblems({ body, sequence }: SentMessage, stored: readonly StoredMessage[]): string[] {
  const found = stored[sequence - 1];
  return found?.body === body ? [] : [`"${body}" was answered with ${sequence}, where the store has "${found?.body}"`];
}

function countProblems(sent: readonly SentMessage[], stored: DeliveryRecord['stored']): string[] {
  const count = [...stored.values()].reduce((sum, { length }) => sum + length, 0);
  return count === sent.length ? [] : [`${sent.length} messages were sent, and the store has ${count}`];
}

function listenerProblems({ name, received, errors }: Subscriber, stored: readonly StoredMessage[]): string[] {
  const wrong = received.findIndex(
    ({ sequence, body }, index) => sequence !== index + 1 || body !== stored[index]?.body,
  );
  const missing = stored.length - received.length;
  return [
    ...errors.map((fault) => `${name}: ${fault}`),
    ...(wrong >= 0 ? [`${name} got sequence ${received[wrong]?.sequence} in place of ${wrong + 1}`] : []),
    ...(missing > 0 ? [`${name} lacks ${missing} of ${stored.length} messages`] : []),
    ...(missing < 0 ? [`${name} got ${-missing} messages too many`] : []),
  ];
}
