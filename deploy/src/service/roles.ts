import type { Stack } from 'aws-cdk-lib';
import { ArnFormat } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import { delivery, type Environment, isStaging } from '../environments.js';
import { branchImageRepository, imageRepository, namesOf } from '../names.js';
import { decryptStatement, type EncryptedSecret } from './references.js';

export interface TaskRoles {
  /** The role of the service's code. */
  task: Role;
  /** The role with which ECS starts a task: reads the image and secrets, and writes the log. */
  execution: Role;
}

export interface RoleGrants {
  /** The statements of the task role in addition to those of every service. */
  task: readonly PolicyStatement[];
  /** The secrets that its containers receive. */
  secrets: readonly EncryptedSecret[];
}

/** Creates the two roles of a service. Only tasks of this account can assume them. */
export function taskRoles(stack: Stack, environment: Environment, service: string, grants: RoleGrants): TaskRoles {
  const names = namesOf(environment);
  const create = (id: string, roleName: string, description: string) =>
    new Role(stack, id, { roleName, description, assumedBy: taskPrincipal(stack) });
  const task = create('TaskRole', names.taskRole(service), `The permissions of the service ${service}`);
  for (const statement of [...grants.task, traceStatement(), metricsStatement(stack, environment)])
    task.addToPolicy(statement);
  acknowledge(task, {
    'AwsSolutions-IAM5[Resource::*]': 'X-Ray has no resource-level permissions for traces.',
    [`AwsSolutions-IAM5[Resource::${metricStreams(stack, environment)}]`]: 'Each task writes its own log stream.',
  });
  const execution = create('ExecutionRole', names.executionRole(service), `Starts tasks of the service ${service}`);
  for (const statement of [...imageStatements(stack, environment, service), decryptStatement(grants.secrets)])
    execution.addToPolicy(statement);
  acknowledge(execution, {
    'AwsSolutions-IAM5[Resource::*]':
      'ecr:GetAuthorizationToken has no resource-level permissions; pulls are limited to the images of the service.',
  });
  return { task, execution };
}

function taskPrincipal(stack: Stack): ServicePrincipal {
  return new ServicePrincipal('ecs-tasks.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'ecs', resource: '*' }) },
    },
  });
}

function traceStatement(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Traces',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}

function metricsStatement(stack: Stack, environment: Environment): PolicyStatement {
  return new PolicyStatement({
    sid: 'Metrics',
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [metricStreams(stack, environment)],
  });
}

function metricStreams(stack: Stack, environment: Environment): string {
  return stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${namesOf(environment).logGroup('metrics')}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function imageStatements(stack: Stack, environment: Environment, service: string): PolicyStatement[] {
  const { account, region } = delivery;
  const branches = isStaging(environment) ? [branchImageRepository(service)] : [];
  const resources = [imageRepository(service), ...branches].map((resourceName) =>
    stack.formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName }),
  );
  return [
    new PolicyStatement({ sid: 'Registry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    new PolicyStatement({
      sid: 'Image',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources,
    }),
  ];
}
