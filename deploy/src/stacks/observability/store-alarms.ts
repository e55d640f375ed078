import type { Environment } from '../../environments.js';
import { namesOf, schemaNames, tableNames } from '../../names.js';
import { awsMetric, graphMetric, serviceMetric } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** Alarms on stores and Lambda functions. */
export function storeAlarms(environment: Environment): AlarmPlan[] {
  return [
    databaseCapacity(environment),
    ...schemaNames.map((service) => statementsSlow(environment, service, 'postgresql')),
    ...tableNames.flatMap((service) => [
      statementsSlow(environment, service, 'aws.dynamodb'),
      ...tableThrottled(environment, service),
    ]),
    busThrottled(environment),
    ...mediaAlarms(environment),
    erasuresOverdue(environment),
    functionFails('pre-token-fails', `${namesOf(environment).prefix}-pre-token`, 'People cannot sign in.'),
  ];
}

function databaseCapacity(environment: Environment): AlarmPlan {
  const dimensions = { DBClusterIdentifier: namesOf(environment).database };
  return alarmPlan(
    'database-capacity',
    'The database has scaled to its maximum capacity.',
    awsMetric('AWS/RDS', 'ACUUtilization', dimensions, 'Average'),
    90,
  );
}

function statementsSlow(environment: Environment, service: string, system: string): AlarmPlan {
  const dimensions = { 'service.name': service, 'db.system.name': system };
  return alarmPlan(
    `statements-slow-${service}`,
    `Statements of ${service} take longer than 100 ms on average.`,
    graphMetric(environment, 'db.client.operation.duration', dimensions, 'Average'),
    0.1,
    { section: 'statements-slow' },
  );
}

function tableThrottled(environment: Environment, owner: string): AlarmPlan[] {
  const dimensions = { TableName: namesOf(environment).table(owner) };
  return ['Read', 'Write'].map((kind) =>
    alarmPlan(
      `table-throttled-${owner}-${kind.toLowerCase()}s`,
      `DynamoDB throttles ${kind.toLowerCase()}s of ${owner}.`,
      awsMetric('AWS/DynamoDB', `${kind}ThrottleEvents`, dimensions, 'Sum'),
      10,
      { section: 'table-throttled' },
    ),
  );
}

function busThrottled(environment: Environment): AlarmPlan {
  return alarmPlan(
    'bus-throttled',
    'Valkey has reached its request limit and throttles commands.',
    awsMetric('AWS/ElastiCache', 'ThrottledCmds', { clusterId: namesOf(environment).bus }, 'Sum'),
    0,
  );
}

function mediaAlarms(environment: Environment): AlarmPlan[] {
  const names = namesOf(environment);
  const messages = 'ApproximateNumberOfMessagesVisible';
  return [
    functionFails('media-function-fails', names.mediaFunction, 'The media function fails.'),
    alarmPlan(
      'media-dead-letters-queue',
      'The media function gave up on uploads without notifying their owners.',
      awsMetric('AWS/SQS', messages, { QueueName: names.mediaDeadLetters }, 'Maximum'),
      0,
      { section: 'media-dead-letters', periods: 1 },
    ),
    alarmPlan(
      'media-dead-letters-store',
      'Valid uploads could not be processed.',
      serviceMetric(environment, 'users', 'marquee.media.dead_letters', 'Maximum'),
      0,
      { section: 'media-dead-letters', periods: 1 },
    ),
  ];
}

/** Data of deleted accounts that should have been erased a minute after the deletion. */
function erasuresOverdue(environment: Environment): AlarmPlan {
  return alarmPlan(
    'erasures-overdue',
    'Data of deleted accounts are not erased everywhere.',
    serviceMetric(environment, 'users', 'marquee.erasures.overdue', 'Maximum'),
    0,
    { periods: 1 },
  );
}

function functionFails(name: string, FunctionName: string, description: string): AlarmPlan {
  const metric = awsMetric('AWS/Lambda', 'Errors', { FunctionName }, 'Sum');
  return alarmPlan(name, description, metric, 5, { periods: 1 });
}
