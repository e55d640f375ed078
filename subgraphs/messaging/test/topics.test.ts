import { expect, test } from '@jest/globals';
import { createProcessBus } from '@marquee/chassis/bus/bus';
import { causeOf } from '@marquee/chassis/bus/event-cause';
import { createRequestScope, runInScope } from '@marquee/chassis/telemetry/request-scope';
import type { ConversationRow } from '../src/conversations/conversation-row.js';
import { conversationTopic, inboxTopic, publishChange, publishMessages } from '../src/topics.js';

const [current, sent] = [traceparentOf('1'), traceparentOf('2')];

const conversation = { conversationId: 'c', participants: ['a', 'b'] } as Partial<ConversationRow> as ConversationRow;

test.each([
  ['the last one', sent, [sent, sent, sent]],
  ['none, if the last one was not sampled', undefined, [undefined, undefined, undefined]],
] as const)('messages written together for several requests have as their cause %s', async (_, traceparent, causes) => {
  const lastMessage = { ...(traceparent && { traceparent }) } as ConversationRow['lastMessage'] & object;
  expect(await causesOf((bus) => publishMessages(bus, { ...conversation, lastMessage }))).toEqual(causes);
});

test('any other change has the current request as its cause', async () => {
  expect(await causesOf((bus) => publishChange(bus, conversation))).toEqual([current, current, current]);
});

function traceparentOf(digit: string): string {
  return `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
}

/** The causes of the notifications of the conversation and of both inboxes. */
async function causesOf(publish: (bus: ReturnType<typeof createProcessBus>) => void) {
  const bus = createProcessBus();
  const topics = [conversationTopic('c'), inboxTopic('a'), inboxTopic('b')];
  const streams = topics.map((topic) => bus.subscribe(topic, new AbortController().signal)[Symbol.asyncIterator]());
  runInScope(createRequestScope(undefined, { traceparent: current }), () => publish(bus));
  const received = await Promise.all(streams.map((stream) => stream.next()));
  await bus.close();
  return received.map(({ value }) => causeOf(value));
}
