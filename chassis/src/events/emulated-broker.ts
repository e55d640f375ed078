/**
 * In the cloud, the deployment creates topics and queues, and these keep their messages. An emulator forgets everything
 * when it restarts. The service that publishes to a topic therefore creates it, with the queues that receive it; and
 * before that, it makes all events unsent that not all consumers have confirmed (confirmation-queue.ts). No new event
 * precedes them, since there is no topic before. Consumers that have applied such an event receive it again and ignore it.
 */
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueName } from './event-settings.js';

/** Deliveries of an event that may fail before the queue moves it to its dead-letter queue. */
export const maxDeliveries = 10;

/** The name of the dead-letter queue of a FIFO queue. */
export function deadLetterQueueName(queueName: string): string {
  return queueName.replace(/\.fifo$/, '-dead.fifo');
}

export interface EmulatedTopic {
  arn: string;
  /** The URLs of the queues that receive it. */
  subscribers: readonly string[];
}

/**
 * Creates the topic with its queues if the emulator has forgotten any.
 * @param onMissing is called before that
 * @returns whether it has
 */
export async function ensureTopic(
  { arn, subscribers }: EmulatedTopic,
  { topics, queues }: { topics: SNSClient; queues: SQSClient },
  onMissing: () => Promise<void>,
): Promise<boolean> {
  if (await isComplete(topics, arn, subscribers.length)) return false;
  await onMissing();
  const arns = await Promise.all(subscribers.map((url) => createQueue(queues, arn, queueName(url))));
  await topics.send(new CreateTopicCommand({ Name: arn.split(':').at(-1) ?? '', Attributes: { FifoTopic: 'true' } }));
  for (const queueArn of arns)
    await topics.send(
      new SubscribeCommand({
        TopicArn: arn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
  return true;
}

async function isComplete(topics: SNSClient, TopicArn: string, subscribers: number): Promise<boolean> {
  try {
    const { Subscriptions = [] } = await topics.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    return Subscriptions.length >= subscribers;
  } catch (failure) {
    if ((failure as Error).name === 'NotFoundException') return false;
    throw failure;
  }
}

async function createQueue(queues: SQSClient, topicArn: string, name: string): Promise<string> {
  const deadLetters = deadLetterQueueName(name);
  await queues.send(new CreateQueueCommand({ QueueName: deadLetters, Attributes: { FifoQueue: 'true' } }));
  const redrive = { deadLetterTargetArn: queueArn(topicArn, deadLetters), maxReceiveCount: maxDeliveries };
  const attributes = { FifoQueue: 'true', RedrivePolicy: JSON.stringify(redrive) };
  await queues.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return queueArn(topicArn, name);
}

/** The ARN of a queue in the account and the region of a topic. */
function queueArn(topicArn: string, name: string): string {
  return [...topicArn.replace(':sns:', ':sqs:').split(':').slice(0, -1), name].join(':');
}
