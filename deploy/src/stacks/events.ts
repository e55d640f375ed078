import { type App, ArnFormat, Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { FifoThroughputScope, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { deadLetterQueueName, maxDeliveries } from '@marquee/chassis/events/emulated-broker';
import { visibilitySeconds } from '@marquee/chassis/events/event-queue';
import { eventChannels } from '@marquee/schema/event-channels';
import { type Subgraph, subgraphs } from '@marquee/schema/services';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import { createStack } from '../stack.js';

export interface Events {
  /** Encrypts the events in topics and queues. */
  key: IKey;
}

/** The names of the queues of all services that react to the events of others. */
function eventQueueNames(environment: Environment): string[] {
  return subgraphs.flatMap((subgraph) => eventChannels(subgraph, namesOf(environment).prefix).queue ?? []);
}

/**
 * A topic for each service that publishes domain events, and for each that reacts to them a queue with its dead-letter
 * queue. All are FIFO: the group of a message is the subject of its event, so that its events stay in order.
 */
export function events(app: App, environment: Environment): Events {
  const stack = createStack(app, environment, 'events', 'Topics and queues of the domain events of all services');
  const key = new Key(stack, 'Key', { description: 'The domain events', enableKeyRotation: true });
  key.grantEncryptDecrypt(
    new ServicePrincipal('sns.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
  );
  const queues = new Map(eventQueueNames(environment).map((name) => [name, createQueue(stack, name, key)]));
  for (const subgraph of subgraphs) createTopic(stack, environment, subgraph, { key, queues });
  return { key };
}

/** Events are kept longer than an outage lasts, and dead letters for as long as SQS keeps a message. */
const retentionPeriod = Duration.days(14);

function createQueue(stack: Stack, queueName: string, encryptionMasterKey: IKey): Queue {
  const common = {
    fifo: true,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    encryption: QueueEncryption.KMS,
    encryptionMasterKey,
    enforceSSL: true,
    retentionPeriod,
  };
  const deadLetters = deadLetterQueueName(queueName);
  const queue = new Queue(stack, `DeadLetters-${queueName}`, { ...common, queueName: deadLetters });
  return new Queue(stack, `Queue-${queueName}`, {
    ...common,
    queueName,
    visibilityTimeout: Duration.seconds(visibilitySeconds),
    deadLetterQueue: { queue, maxReceiveCount: maxDeliveries },
  });
}

/** A subscription allows only its topic to send to its queue. */
function createTopic(
  stack: Stack,
  environment: Environment,
  subgraph: Subgraph,
  { key, queues }: { key: IKey; queues: ReadonlyMap<string, Queue> },
): void {
  const { topic: topicName, subscribers } = eventChannels(subgraph, namesOf(environment).prefix);
  if (topicName === undefined) return;
  const topic = new Topic(stack, `Topic-${subgraph.name}`, {
    topicName,
    fifo: true,
    fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP,
    masterKey: key,
    enforceSSL: true,
  });
  for (const name of subscribers) {
    const queue = queues.get(name);
    if (queue) topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }));
  }
}

/** The permissions of the task of a service on topics and queues, and the variables that name them. */
export function eventPlan(subgraph: Subgraph, environment: Environment, { key }: Events, stack: Stack) {
  const { topic, queue } = eventChannels(subgraph, namesOf(environment).prefix);
  const arn = (service: string, resource: string) =>
    stack.formatArn({ service, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  const { region, account } = environment;
  return {
    variables: {
      ...((topic ?? queue) !== undefined && { AWS_REGION: region }),
      ...(topic !== undefined && { EVENTS_TOPIC_ARN: arn('sns', topic) }),
      ...(queue !== undefined && { EVENTS_QUEUE_URL: `https://sqs.${region}.amazonaws.com/${account}/${queue}` }),
    },
    secrets: {},
    statements: [
      ...(topic === undefined ? [] : [statement('PublishEvents', ['sns:Publish'], arn('sns', topic))]),
      ...(queue === undefined ? [] : [statement('ReceiveEvents', receiveActions, arn('sqs', queue))]),
      ...((topic ?? queue) === undefined ? [] : [keyStatement(key, region)]),
    ],
  };
}

const receiveActions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'].map((action) => `sqs:${action}`);

function statement(sid: string, actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources: [resource] });
}

/** SNS and SQS use the key on behalf of the caller. */
function keyStatement(key: IKey, region: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'EventKey',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': ['sns', 'sqs'].map((name) => `${name}.${region}.amazonaws.com`) } },
  });
}
