import { deadLetterQueueName } from '@marquee/chassis/events/emulated-broker';
import { eventChannels } from '@marquee/schema/event-channels';
import { subgraphs } from '@marquee/schema/services';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';
import { awsMetric, serviceMetric } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** Seconds after which an event should have been published, and applied. */
const lateSeconds = 60;

/** Alarms on the domain events between the services. */
export function eventAlarms(environment: Environment): AlarmPlan[] {
  return subgraphs.flatMap((subgraph) => {
    const { topic, queue } = eventChannels(subgraph, namesOf(environment).prefix);
    return [
      ...(topic === undefined ? [] : [publishedLate(environment, subgraph.name)]),
      ...(queue === undefined ? [] : [appliedLate(subgraph.name, queue), deadLetters(subgraph.name, queue)]),
    ];
  });
}

function publishedLate(environment: Environment, service: string): AlarmPlan {
  return alarmPlan(
    `events-late-${service}-outbox`,
    `Events of ${service} wait in its outbox.`,
    serviceMetric(environment, service, 'marquee.events.lag', 'Maximum'),
    lateSeconds,
    { section: 'events-late' },
  );
}

function appliedLate(service: string, QueueName: string): AlarmPlan {
  return alarmPlan(
    `events-late-${service}-queue`,
    `Events wait in the queue of ${service}.`,
    awsMetric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName }, 'Maximum'),
    lateSeconds,
    { section: 'events-late' },
  );
}

function deadLetters(service: string, queue: string): AlarmPlan {
  return alarmPlan(
    `event-dead-letters-${service}`,
    `${service} could not apply events.`,
    awsMetric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: deadLetterQueueName(queue) }, 'Maximum'),
    0,
    { section: 'event-dead-letters', periods: 1 },
  );
}
