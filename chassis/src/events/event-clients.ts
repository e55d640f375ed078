import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsSettings } from '../config/settings.js';
import type { EventSettings } from './event-settings.js';

/**
 * Seconds for which a request waits for messages: the longest wait of SQS. An emulator does not notice that a waiting
 * process has ended, and delivers a message to it, which is then hidden from other processes for a while.
 */
export function receiveWaitSeconds({ EVENTS_ENDPOINT }: EventSettings): number {
  return EVENTS_ENDPOINT === undefined ? 20 : 1;
}

/** Milliseconds for an answer of SNS or SQS, beside the wait for messages. */
const answerMs = 5_000;

/** A client of SNS, or of its emulator. */
export function createTopicClient(settings: EventSettings): SNSClient {
  return new SNSClient(clientOptions(settings, answerMs));
}

/** A client of SQS, or of its emulator. */
export function createQueueClient(settings: EventSettings): SQSClient {
  return new SQSClient({
    ...clientOptions(settings, receiveWaitSeconds(settings) * 1000 + answerMs),
    // An emulator names its queues by a host that not every resolver knows.
    useQueueUrlAsEndpoint: settings.EVENTS_ENDPOINT === undefined,
  });
}

function clientOptions({ AWS_REGION, EVENTS_ENDPOINT }: EventSettings, requestTimeout: number) {
  return {
    region: AWS_REGION ?? awsSettings.AWS_REGION.parse(undefined),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
    ...(EVENTS_ENDPOINT !== undefined && {
      endpoint: EVENTS_ENDPOINT,
      // The SDK requires credentials, which an emulator does not verify.
      credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
    }),
  };
}
