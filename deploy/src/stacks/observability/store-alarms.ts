import type { Environment } from '../../environments.js';
import { namesOf, schemaNames, tableNames } from '../../names.js';
import { awsMetric, graphMetric, serviceMetric } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** What things are kept in, and the functions beside the services. */
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
    functionFails('pre-token-fails', `${namesOf(environment).prefix}-pre-token`, 'People cannot sign in.'),
  ];
}

function databaseCapacity(environment: Environment): AlarmPlan {
  const by = { DBClusterIdentifier: namesOf(environment).database };
  return alarmPlan(
    'database-capacity',
    'The database has grown to what it may at most be.',
    awsMetric('AWS/RDS', 'ACUUtilization', by, 'Average'),
    90,
  );
}

function statementsSlow(environment: Environment, service: string, system: string): AlarmPlan {
  const by = { 'service.name': service, 'db.system.name': system };
  return alarmPlan(
    `statements-slow-${service}`,
    `Statements of ${service} take longer than 100 ms, on average.`,
    graphMetric(environment, 'db.client.operation.duration', by, 'Average'),
    0.1,
    { section: 'statements-slow' },
  );
}

function tableThrottled(environment: Environment, owner: string): AlarmPlan[] {
  const by = { TableName: namesOf(environment).table(owner) };
  return ['Read', 'Write'].map((kind) =>
    alarmPlan(
      `table-throttled-${owner}-${kind.toLowerCase()}s`,
      `DynamoDB puts off ${kind.toLowerCase()}s of ${owner}.`,
      awsMetric('AWS/DynamoDB', `${kind}ThrottleEvents`, by, 'Sum'),
      10,
      { section: 'table-throttled' },
    ),
  );
}

function busThrottled(environment: Environment): AlarmPlan {
  return alarmPlan(
    'bus-throttled',
    'Valkey has reached what it may at most do.',
    awsMetric('AWS/ElastiCache', 'ThrottledCmds', { clusterId: namesOf(environment).bus }, 'Sum'),
    0,
  );
}

function mediaAlarms(environment: Environment): AlarmPlan[] {
  const names = namesOf(environment);
  const letters = 'ApproximateNumberOfMessagesVisible';
  return [
    functionFails('media-function-fails', names.mediaFunction, 'Uploads cannot be processed.'),
    alarmPlan(
      'media-dead-letters-queue',
      'The function gave up on an upload, without having told anyone.',
      awsMetric('AWS/SQS', letters, { QueueName: names.mediaDeadLetters }, 'Maximum'),
      0,
      { section: 'media-dead-letters', periods: 1 },
    ),
    alarmPlan(
      'media-dead-letters-store',
      'Uploads could not be processed, for no fault of their files.',
      serviceMetric(environment, 'users', 'marquee.media.dead_letters', 'Maximum'),
      0,
      { section: 'media-dead-letters', periods: 1 },
    ),
  ];
}

function functionFails(name: string, FunctionName: string, says: string): AlarmPlan {
  const metric = awsMetric('AWS/Lambda', 'Errors', { FunctionName }, 'Sum');
  return alarmPlan(name, says, metric, 5, { periods: 1 });
}
