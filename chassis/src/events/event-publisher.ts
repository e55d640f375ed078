import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
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
  /** The positions of the events that the topic has accepted. */
  accepted: string[];
  refused: RefusedEvent[];
}

/**
 * Publishes events in their order. After one that the topic has not accepted, no later one of its subject is published.
 * @param topic the ARN of a FIFO topic
 * @param onOutcome receives the outcome of each request
 * @throws the SDK's error if the topic does not answer; some of the events may have been accepted then
 */
export async function publishInOrder(
  client: SNSClient,
  topic: string,
  entries: readonly OutboxEntry[],
  onOutcome: (outcome: PublishOutcome) => Promise<void>,
): Promise<void> {
  let rest = [...entries];
  while (rest.length > 0) {
    const batch = oneOfEachSubject(rest);
    const refused = await publishBatch(client, topic, batch);
    const blocked = new Set(refused.map(({ event }) => event.subject));
    const accepted = batch.filter(({ event }) => !blocked.has(event.subject)).map(({ position }) => position);
    await onOutcome({ accepted, refused });
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

async function publishBatch(client: SNSClient, topic: string, batch: readonly OutboxEntry[]): Promise<RefusedEvent[]> {
  const request = new PublishBatchCommand({
    TopicArn: topic,
    PublishBatchRequestEntries: batch.map(({ event }, index) => ({
      Id: String(index),
      Message: JSON.stringify(event),
      MessageGroupId: messageGroup(event),
      MessageDeduplicationId: event.id,
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
