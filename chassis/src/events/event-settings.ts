import { z } from 'zod';
import { list } from '../config/settings.js';

const queueUrl = z.url({ protocol: /^https?$/ }).endsWith('.fifo', 'expected the URL of a FIFO queue');

/** The environment variables of a service that publishes domain events. */
export const eventPublisherSettings = {
  EVENTS_TOPIC_ARN: z
    .string()
    .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+\.fifo$/, 'expected the ARN of a FIFO topic')
    .optional()
    .describe('SNS topic of the events of this service. Without it they stay in the outbox.'),
  EVENTS_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Endpoint of an emulator of SNS and SQS. Without it the region's own endpoints are used."),
  EVENTS_SUBSCRIBERS: list
    .pipe(z.array(queueUrl))
    .default([])
    .describe(
      'With an emulator: URLs of the queues that receive the events. In the cloud the deployment subscribes them.',
    ),
};

/** The environment variables of a service that reacts to the events of other services. */
export const eventConsumerSettings = {
  EVENTS_QUEUE_URL: queueUrl
    .optional()
    .describe('SQS queue with the events of other services. Without it the service does not learn of them.'),
  EVENTS_ENDPOINT: eventPublisherSettings.EVENTS_ENDPOINT,
};

export type EventSettings = Partial<Output<typeof eventPublisherSettings> & Output<typeof eventConsumerSettings>> & {
  AWS_REGION?: string;
};

/** The name of a queue. @param url its URL */
export function queueName(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? '';
}

type Output<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** Rejects a service without a topic in production. Use it as `schema.refine(...topicInProduction)`. */
export const topicInProduction = requiredInProduction('EVENTS_TOPIC_ARN', 'the ARN of the topic of its events');

/** Rejects a service without a queue in production. Use it as `schema.refine(...queueInProduction)`. */
export const queueInProduction = requiredInProduction('EVENTS_QUEUE_URL', 'the URL of the queue of its events');

function requiredInProduction(
  name: 'EVENTS_TOPIC_ARN' | 'EVENTS_QUEUE_URL',
  expected: string,
): [check: (settings: EventSettings & { NODE_ENV: string }) => boolean, problem: { path: string[]; error: string }] {
  return [
    ({ NODE_ENV, ...given }) => NODE_ENV !== 'production' || given[name] !== undefined,
    { path: [name], error: `expected ${expected}` },
  ];
}
