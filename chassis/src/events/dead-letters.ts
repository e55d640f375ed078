import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { returnAttributes } from './confirmation-queue.js';
import { deadLetterQueueName } from './emulated-broker.js';
import { createQueueClient } from './event-clients.js';
import { type EventSettings, queueName } from './event-settings.js';

/** Seconds for which a dead letter that was read is hidden from other readers. */
const hiddenSeconds = 60;

/** Dead letters that one request reads. */
const pageSize = 10;

/**
 * The texts of the dead letters of a service: events as JSON, or what its queue contained instead. Of one subject, the
 * first ten.
 * @param settings with the queue of the service
 * @throws the SDK's error if there is no such queue
 */
export function readDeadLetters(settings: EventSettings): Promise<string[]> {
  return withDeadLetters(settings, async (client, { from }, messages) => {
    for (const { ReceiptHandle } of messages)
      await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: from, ReceiptHandle, VisibilityTimeout: 0 }));
  });
}

/**
 * Returns the dead letters of a service to its queue, in their order.
 * @returns their texts
 * @throws the SDK's error if there is no such queue
 */
export function returnDeadLetters(settings: EventSettings): Promise<string[]> {
  return withDeadLetters(
    settings,
    () => Promise.resolve(),
    (client, queues, message) => returnToQueue(client, queues, message),
  );
}

interface Queues {
  from: string;
  to: string;
}

async function withDeadLetters(
  settings: EventSettings,
  atEnd: (client: SQSClient, queues: Queues, messages: readonly Message[]) => Promise<void>,
  onMessage: (client: SQSClient, queues: Queues, message: Message) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const { EVENTS_QUEUE_URL: to = '' } = settings;
  const client = createQueueClient(settings);
  try {
    const QueueName = deadLetterQueueName(queueName(to));
    const { QueueUrl: from = '' } = await client.send(new GetQueueUrlCommand({ QueueName }));
    const all: Message[] = [];
    for (let page = await receive(client, from); page.length > 0; page = await receive(client, from)) {
      for (const message of page) await onMessage(client, { from, to }, message);
      all.push(...page);
    }
    await atEnd(client, { from, to }, all);
    return all.map(({ Body = '' }) => Body);
  } finally {
    client.destroy();
  }
}

async function receive(client: SQSClient, QueueUrl: string): Promise<Message[]> {
  const request = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: pageSize,
    VisibilityTimeout: hiddenSeconds,
    MessageSystemAttributeNames: ['MessageGroupId', 'MessageDeduplicationId'],
    MessageAttributeNames: returnAttributes,
  });
  return (await client.send(request)).Messages ?? [];
}

async function returnToQueue(
  client: SQSClient,
  { from, to }: Queues,
  { Body, Attributes = {}, MessageAttributes, ReceiptHandle }: Message,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: to,
      MessageBody: Body,
      MessageAttributes,
      MessageGroupId: Attributes.MessageGroupId,
      // The queue ignores the first id for some minutes after it received it.
      MessageDeduplicationId: `${Attributes.MessageDeduplicationId?.slice(0, 64) ?? ''}-${Date.now()}`,
    }),
  );
  await client.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
}
