import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
import { toAttributes } from './confirmation-queue.js';
import type { DomainEvent } from './domain-event.js';
import type { OutboxEntry } from './outbox.js';

/** Events that one request to SNS accepts. */
const maxBatch = 10;

/** An event that the topic has not accepted. */
export interface RefusedEvent {
  event: DomainEvent;
  /** The error code of SNS, such as `InvalidParameter`. */
  code: string;
  reason: string;
}

/** The outcome of one request. */
export interface PublishOutcome {
  accepted: readonly OutboxEntry[];
  refused: RefusedEvent[];
}

/** Where events are published. */
export interface EventTopic {
  client: SNSClient;
  /** The ARN of a FIFO topic. */
  arn: string;
  /** The URL of the queue to which consumers confirm the events. Undefined if they need not. */
  confirmTo: string | undefined;
}

/**
 * Publishes events in their order. After one that the topic has not accepted, no later one of its subject is published.
 * @param onOutcome receives the outcome of each request
 * @throws the SDK's error if the topic does not answer; some of the events may have been accepted then
 */
export async function publishInOrder(
  topic: EventTopic,
  entries: readonly OutboxEntry[],
  onOutcome: (outcome: PublishOutcome) => Promise<void>,
): Promise<void> {
  let rest = [...entries];
  while (rest.length > 0) {
    const batch = oneOfEachSubject(rest);
    const refused = await publishBatch(topic, batch);
    const blocked = new Set(refused.map(({ event }) => event.subject));
    await onOutcome({ accepted: batch.filter(({ event }) => !blocked.has(event.subject)), refused });
    const sent = new Set(batch);
    rest = rest.filter((entry) => !sent.has(entry) && !blocked.has(entry.event.subject));
  }
}

/** The first events of up to ten subjects. SNS may accept a part of a request, in any order. */
function oneOfEachSubject(entries: readonly OutboxEntry[]): OutboxEntry[] {
  const firsts = new Map<string, OutboxEntry>();
  for (const entry of entries) {
    if (firsts.size === maxBatch) break;
    if (!firsts.has(entry.event.subject)) firsts.set(entry.event.subject, entry);
  }
  return [...firsts.values()];
}

async function publishBatch(
  { client, arn, confirmTo }: EventTopic,
  batch: readonly OutboxEntry[],
): Promise<RefusedEvent[]> {
  const request = new PublishBatchCommand({
    TopicArn: arn,
    PublishBatchRequestEntries: batch.map(({ event, position }, index) => ({
      Id: String(index),
      Message: JSON.stringify(event),
      MessageGroupId: messageGroup(event),
      MessageDeduplicationId: event.id,
      ...(confirmTo !== undefined && { MessageAttributes: toAttributes({ queueUrl: confirmTo, position }) }),
    })),
  });
  const { Failed = [] } = await client.send(request);
  return Failed.flatMap(({ Id, Code: code = 'unknown', Message: reason = '' }) => {
    const entry = batch[Number(Id)];
    return entry ? [{ event: entry.event, code, reason }] : [];
  });
}

/** A queue that receives several topics must not confuse their subjects. */
function messageGroup({ source, subject }: DomainEvent): string {
  return `${source}.${subject}`.replace(/[^\w!"#$%&'()*+,\-./:;<=>?@[\]^`{|}~\\]/g, '_').slice(0, 128);
}
