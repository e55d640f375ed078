import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Environment } from './environments.js';
import { namesOf } from './names.js';

/** A log group with the retention period of the environment. */
export function logGroup(
  scope: Construct,
  environment: Environment,
  what: string,
  logGroupName = namesOf(environment).logGroup(what),
): LogGroup {
  return new LogGroup(scope, `Logs-${what}`, {
    logGroupName,
    retention: environment.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
