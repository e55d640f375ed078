import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { backoffDelay } from '../timing/backoff.js';
import { type ReturnAddress, returnAddressOf, returnAttributes, sendConfirmations } from './confirmation-queue.js';
import { createQueueClient, receiveWaitSeconds } from './event-clients.js';
import { type EventSettings, queueName } from './event-settings.js';

/** An event in a queue. */
export interface QueuedMessage {
  text: string;
  /** Messages of one group are received in their order. */
  group: string;
  /** Which delivery this is, from 1. */
  delivery: number;
  /** Identifies this delivery. */
  receipt: string;
  /** Where its application is confirmed. */
  returnAddress: ReturnAddress | undefined;
}

/** The queue of a service. */
export interface EventQueue {
  /** Waits up to 20 seconds for messages. @param limit at most 10 */
  receive(limit: number, stopping: AbortSignal): Promise<QueuedMessage[]>;
  remove(message: QueuedMessage): Promise<void>;
  /** Confirms to their publishers, where these need it, that messages were applied. */
  confirm(messages: readonly QueuedMessage[]): Promise<void>;
  /** Hides messages that were received for another `visibilitySeconds`. */
  keepHidden(messages: readonly QueuedMessage[]): Promise<void>;
  /** Makes messages of one group available again, the later the more often the first has been delivered. */
  deliverLater(messages: readonly QueuedMessage[]): Promise<void>;
  close(): void;
}

/** Seconds after which a message is delivered again if the process that received it has ended. */
export const visibilitySeconds = 60;

/** With ten deliveries, an event is retried for about five minutes. */
const deliveryBackoff = { baseMs: 1_000, maxMs: 180_000 };

/**
 * Returns null if the service has no queue.
 * @param visibilitySeconds how long a message that was received is hidden from other processes
 */
export function openEventQueue(settings: EventSettings, visibilitySeconds: number): EventQueue | null {
  const url = settings.EVENTS_QUEUE_URL;
  if (url === undefined) return null;
  const client = createQueueClient(settings);
  return {
    receive: (limit, stopping) =>
      receive(
        client,
        url,
        { limit, waitSeconds: receiveWaitSeconds(settings), visibilitySeconds },
        // An emulator would deliver messages to a request that was aborted: they would be hidden for a minute.
        settings.EVENTS_ENDPOINT === undefined ? stopping : undefined,
      ),
    async remove({ receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
    },
    async confirm(messages) {
      const addresses = messages.flatMap(({ returnAddress }) => returnAddress ?? []);
      // Only an emulator forgets messages.
      if (settings.EVENTS_ENDPOINT !== undefined) await sendConfirmations(client, queueName(url), addresses);
    },
    async deliverLater(messages) {
      const seconds = Math.ceil(backoffDelay(messages[0]?.delivery ?? 1, deliveryBackoff) / 1000);
      await hideFor(client, url, messages, seconds);
    },
    keepHidden: (messages) => hideFor(client, url, messages, visibilitySeconds),
    close: () => client.destroy(),
  };
}

async function hideFor(
  client: SQSClient,
  QueueUrl: string,
  messages: readonly QueuedMessage[],
  VisibilityTimeout: number,
): Promise<void> {
  const Entries = messages.map(({ receipt }, index) => ({
    Id: String(index),
    ReceiptHandle: receipt,
    VisibilityTimeout,
  }));
  await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
}

async function receive(
  client: SQSClient,
  url: string,
  { limit, waitSeconds, visibilitySeconds }: { limit: number; waitSeconds: number; visibilitySeconds: number },
  stopping: AbortSignal | undefined,
): Promise<QueuedMessage[]> {
  const request = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: limit,
    WaitTimeSeconds: waitSeconds,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: ['MessageGroupId', 'ApproximateReceiveCount'],
    MessageAttributeNames: returnAttributes,
  });
  const { Messages = [] } = await client.send(request, stopping && { abortSignal: stopping });
  return Messages.map(toQueuedMessage);
}

function toQueuedMessage(message: Message): QueuedMessage {
  const { Body: text = '', ReceiptHandle: receipt = '', Attributes = {} } = message;
  const { MessageGroupId: group = '', ApproximateReceiveCount = '1' } = Attributes;
  return { text, receipt, group, delivery: Number(ApproximateReceiveCount), returnAddress: returnAddressOf(message) };
}
