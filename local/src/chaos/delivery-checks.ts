import type { Subscriber } from './subscribers.js';
import type { SentMessage } from './senders.js';
import { displayNameOf } from './drill-users.js';
import { describeContent, hasSameContent, type MessageContent } from './message-content.js';

/** Sent, stored and received messages of a drill. */
export interface DeliveryRecord {
  sent: readonly SentMessage[];
  /** By conversation id. */
  stored: ReadonlyMap<string, readonly MessageContent[]>;
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

function storeProblems(id: string, messages: readonly MessageContent[]): string[] {
  const gaps = messages.filter(({ sequence }, index) => sequence !== index + 1);
  const bodies = new Set(messages.map(({ body }) => body));
  const incomplete = messages.find((message) => message.sender?.displayName !== displayNameOf(senderOf(message)));
  return [
    ...(incomplete ? [`conversation ${id} has a message without its sender: ${describeContent(incomplete)}`] : []),
    ...(gaps[0] ? [`conversation ${id} has a gap or a duplicate before sequence ${gaps[0].sequence}`] : []),
    ...(bodies.size < messages.length ? [`conversation ${id} has a duplicate message`] : []),
  ];
}

/** The `sub` of the sender, with which every body of a drill begins. */
function senderOf({ body }: MessageContent): string {
  return body.split(' says ')[0] ?? '';
}

function answerProblems({ body, sequence }: SentMessage, stored: readonly MessageContent[]): string[] {
  const found = stored[sequence - 1];
  return found?.body === body
    ? []
    : [`"${body}" was answered with sequence ${sequence}, but the store has "${found?.body}" there`];
}

function countProblems(sent: readonly SentMessage[], stored: DeliveryRecord['stored']): string[] {
  const count = [...stored.values()].reduce((sum, { length }) => sum + length, 0);
  return count === sent.length ? [] : [`${sent.length} messages were sent, but the store has ${count}`];
}

function subscriberProblems({ name, received, errors }: Subscriber, stored: readonly MessageContent[]): string[] {
  const wrong = received.findIndex((message, index) => !hasSameContent(message, stored[index]));
  const missing = stored.length - received.length;
  return [
    ...errors.map((error) => `${name}: ${error}`),
    ...(wrong >= 0 ? [differenceProblem(name, received[wrong], stored[wrong])] : []),
    ...(missing > 0 ? [`${name} is missing ${missing} of ${stored.length} messages`] : []),
    ...(missing < 0 ? [`${name} received ${-missing} extra messages`] : []),
  ];
}

function differenceProblem(name: string, received?: MessageContent, stored?: MessageContent): string {
  const describe = (message?: MessageContent) => (message ? describeContent(message) : 'no message');
  return `${name} received ${describe(received)} instead of ${describe(stored)}`;
}
