import { expect, test } from '@jest/globals';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

test('each queue accepts messages only of the topics that it subscribes to, and keeps what cannot be applied', () => {
  const topics = prod.ofType('SNS::Topic').filter(({ stack }) => stack === 'marquee-prod-events');
  expect(topics.map(({ properties }) => [properties.TopicName, properties.FifoTopic])).toEqual(
    ['users', 'jobs', 'messaging', 'shows'].map((service) => [`marquee-prod-${service}.fifo`, true]),
  );
  const subscriptions = prod.ofType('SNS::Subscription').filter(({ stack }) => stack === 'marquee-prod-events');
  for (const [service, sources] of Object.entries(sourcesByService)) {
    const queue = `marquee-prod-${service}.fifo`;
    const { id, stack, properties } = prod.named('SQS::Queue', `Queue-${queue}`, 'events');
    const deadLetters = prod.named('SQS::Queue', `DeadLetters-${queue}`, 'events');
    expect(properties).toMatchObject({ QueueName: queue, FifoQueue: true, RedrivePolicy: { maxReceiveCount: 10 } });
    expect(properties.RedrivePolicy.deadLetterTargetArn).toBe(`${stack}/${deadLetters.id}.Arn`);
    const subscribed = subscriptions.filter(({ properties: { Endpoint } }) => Endpoint === `${stack}/${id}.Arn`);
    expect(subscribed.map(({ properties: { RawMessageDelivery } }) => RawMessageDelivery)).toEqual(
      sources.map(() => true),
    );
    const topicsOf = sources.map((name) => `${stack}/${prod.named('SNS::Topic', `Topic-${name}`, 'events').id}`);
    expect(subscribed.map(({ properties: { TopicArn } }) => TopicArn).sort()).toEqual(topicsOf.sort());
    const senders = allowedSenders(`${stack}/${id}`);
    expect(senders.sort()).toEqual(topicsOf.map((topic) => ['sqs:SendMessage', topic]));
  }
});

/** The services whose events each service receives. */
const sourcesByService = {
  users: ['jobs', 'messaging', 'shows'],
  jobs: ['users', 'jobs', 'shows'],
  messaging: ['users'],
};

/** The actions that the policy of a queue allows, and the source of each. */
function allowedSenders(queue: string): Json[] {
  return prod
    .ofType('SQS::QueuePolicy')
    .filter(({ properties }) => properties.Queues.includes(queue))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Effect }: Json) => Effect === 'Allow')
    .map(({ Action, Condition }: Json) => [Action, Condition.ArnEquals['aws:SourceArn']]);
}
