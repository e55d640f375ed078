import type { Stack } from 'aws-cdk-lib';
import { ArnFormat } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import { delivery, type Environment } from '../environments.js';
import { imageRepository, namesOf } from '../names.js';
import { decryptStatement, type EncryptedSecret } from './references.js';

export interface TaskRoles {
  /** Who the service is for AWS. */
  task: Role;
  /** Who starts it: reads its image and its secrets, and writes its log. */
  execution: Role;
}

export interface RoleGrants {
  /** Of the service itself, besides what every service may. */
  task: readonly PolicyStatement[];
  /** What its containers are told by reference. */
  secrets: readonly EncryptedSecret[];
}

/** The two roles of a service. Tasks of this account alone may take them on. */
export function taskRoles(stack: Stack, environment: Environment, service: string, rights: RoleGrants): TaskRoles {
  const names = namesOf(environment);
  const open = (id: string, roleName: string, description: string) =>
    new Role(stack, id, { roleName, description, assumedBy: tasksOf(stack) });
  const task = open('TaskRole', names.taskRole(service), `What the service ${service} may do`);
  for (const right of [...rights.task, tracing(), metricsWriting(stack, environment)]) task.addToPolicy(right);
  acknowledge(task, {
    'AwsSolutions-IAM5[Resource::*]': 'X-Ray knows no resources: traces are put for the account.',
    [`AwsSolutions-IAM5[Resource::${metricStreams(stack, environment)}]`]: 'Each task writes a log stream of its own.',
  });
  const execution = open('ExecutionRole', names.executionRole(service), `Starts tasks of the service ${service}`);
  for (const right of [...imageReading(stack, service), decryptStatement(rights.secrets)]) execution.addToPolicy(right);
  acknowledge(execution, {
    'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resources; what may be pulled is one image.',
  });
  return { task, execution };
}

function tasksOf(stack: Stack): ServicePrincipal {
  return new ServicePrincipal('ecs-tasks.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'ecs', resource: '*' }) },
    },
  });
}

function tracing(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Traces',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}

function metricsWriting(stack: Stack, environment: Environment): PolicyStatement {
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

function imageReading(stack: Stack, service: string): PolicyStatement[] {
  const { account, region } = delivery;
  const repository = stack.formatArn({
    service: 'ecr',
    account,
    region,
    resource: 'repository',
    resourceName: imageRepository(service),
  });
  return [
    new PolicyStatement({ sid: 'Registry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    new PolicyStatement({
      sid: 'Image',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [repository],
    }),
  ];
}
