import { type Subgraph, subgraphs } from './services.js';

/** The topic and the queue of a service; each is absent if the service needs none. */
export interface EventChannels {
  /** The name of the FIFO topic of its domain events. */
  topic?: string;
  /** The names of the queues that receive the topic. */
  subscribers: readonly string[];
  /** The name of the FIFO queue with the events of other services. */
  queue?: string;
}

/** @param prefix distinguishes the environments of an account, such as `marquee-prod` */
export function eventChannels(service: Pick<Subgraph, 'name' | 'reactsTo'>, prefix: string): EventChannels {
  const consumers = subgraphs.filter(({ reactsTo = [] }) => reactsTo.includes(service.name));
  return {
    ...(consumers.length > 0 && { topic: channelName(prefix, service.name) }),
    subscribers: consumers.map(({ name }) => channelName(prefix, name)),
    ...(service.reactsTo && { queue: channelName(prefix, service.name) }),
  };
}

/** The environment variables of a service that uses an emulator of SNS and SQS. */
export function emulatedEventVariables(
  service: Pick<Subgraph, 'name' | 'reactsTo'>,
  endpoint: string,
  prefix: string,
): Record<string, string> {
  const { topic, subscribers, queue } = eventChannels(service, prefix);
  const url = (name: string) => emulatedQueueUrl(endpoint, name);
  return {
    EVENTS_ENDPOINT: endpoint,
    ...(topic !== undefined && {
      EVENTS_TOPIC_ARN: `arn:aws:sns:${emulatedRegion}:${emulatedAccount}:${topic}`,
      EVENTS_SUBSCRIBERS: subscribers.map(url).join(','),
    }),
    ...(queue !== undefined && { EVENTS_QUEUE_URL: url(queue) }),
  };
}

/** The emulator's own URL of a queue; requests go to its endpoint. */
export function emulatedQueueUrl(endpoint: string, name: string): string {
  return `http://sqs.${emulatedRegion}.localhost:${new URL(endpoint).port}/${emulatedAccount}/${name}`;
}

const emulatedRegion = 'eu-central-1';
const emulatedAccount = '000000000000';

function channelName(prefix: string, service: string): string {
  return `${prefix}-${service}.fifo`;
}
