/**
 * How a relay learns which events the consumers have applied. It has to know only with an emulator, which forgets its
 * messages when it restarts: the relay then publishes the unconfirmed ones again. Each message names the queue for its
 * confirmation and the position of its event in the outbox (a return address), so that services need not know each other.
 * A consumer confirms after its transaction is committed; where a confirmation is lost, the event is published once more.
 */
import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { getOrCreate } from '../caching/memoize.js';
import type { Confirmation } from './outbox.js';

/** Where the application of an event is confirmed. */
export interface ReturnAddress {
  queueUrl: string;
  /** The position of the event in the outbox. */
  position: string;
}

/** The confirmations for a relay. */
export interface ConfirmationQueue {
  url: string;
  /**
   * Reads the confirmations that have arrived. Creates the queue if the emulator has forgotten it.
   * @param onConfirmation is called once for each consumer; a failure keeps the messages in the queue
   */
  drain(onConfirmation: (confirmation: Confirmation) => Promise<void>): Promise<void>;
}

/** The attributes of a message that carry its return address. */
export const returnAttributes = ['confirmTo', 'position'];

/** Messages of one request. */
const pageSize = 10;

/** Requests of one call. */
const maxPages = 20;

const content = z.object({ consumer: z.string(), positions: z.array(z.string()) });

/** The attributes of a message to a topic. */
export function toAttributes({ queueUrl, position }: ReturnAddress): Record<string, MessageAttributeValue> {
  return {
    confirmTo: { DataType: 'String', StringValue: queueUrl },
    position: { DataType: 'String', StringValue: position },
  };
}

/** The return address of a message that was received. Undefined if its publisher needs no confirmation. */
export function returnAddressOf({ MessageAttributes = {} }: Message): ReturnAddress | undefined {
  const { confirmTo, position } = MessageAttributes;
  if (confirmTo?.StringValue === undefined || position?.StringValue === undefined) return undefined;
  return { queueUrl: confirmTo.StringValue, position: position.StringValue };
}

/** Confirms events with one message to each queue. @param consumer the name of the queue that has received them */
export async function sendConfirmations(
  client: SQSClient,
  consumer: string,
  addresses: readonly ReturnAddress[],
): Promise<void> {
  const byQueue = new Map<string, string[]>();
  for (const { queueUrl, position } of addresses) getOrCreate(byQueue, queueUrl, () => []).push(position);
  for (const [QueueUrl, positions] of byQueue) {
    const MessageBody = JSON.stringify({ consumer, positions } satisfies Confirmation);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}

/**
 * @param topic the ARN of the topic whose events are confirmed
 * @param subscriber the URL of a queue that receives it
 */
export function openConfirmationQueue(client: SQSClient, topic: string, subscriber: string): ConfirmationQueue {
  const QueueName = `${
    topic
      .split(':')
      .at(-1)
      ?.replace(/\.fifo$/, '') ?? ''
  }-confirmed`;
  const url = new URL(QueueName, subscriber).href;
  return {
    url,
    async drain(onConfirmation) {
      try {
        await drain(client, url, onConfirmation);
      } catch (failure) {
        if (!(failure instanceof QueueDoesNotExist)) throw failure;
        await client.send(new CreateQueueCommand({ QueueName }));
      }
    },
  };
}

async function drain(
  client: SQSClient,
  QueueUrl: string,
  onConfirmation: (confirmation: Confirmation) => Promise<void>,
): Promise<void> {
  for (let page = 0; page < maxPages; page += 1) {
    const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: pageSize, WaitTimeSeconds: 0 });
    const { Messages = [] } = await client.send(request);
    if (Messages.length === 0) return;
    for (const [consumer, positions] of byConsumer(Messages)) await onConfirmation({ consumer, positions });
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** The positions that each consumer confirms. Messages that are no confirmations are ignored. */
function byConsumer(messages: readonly Message[]): Map<string, string[]> {
  const positions = new Map<string, string[]>();
  for (const { Body = '' } of messages) {
    const { success, data } = content.safeParse(parsed(Body));
    if (success) getOrCreate(positions, data.consumer, () => []).push(...data.positions);
  }
  return positions;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
