import type { App, Stack } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { type OidcProviderNative, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { namesOf, schemaNames, serviceNames } from '../names.js';
import { createStack } from '../stack.js';
import { workflowProvider, workflowRole } from './workflow.js';

/**
 * The roles of the deploy workflows. Each can change only its own service.
 * @param site the distribution of the front end
 */
export function deployers(app: App, environment: Environment, site: Distribution): void {
  const stack = createStack(app, environment, 'delivery', 'Roles of the deploy workflows');
  const provider = workflowProvider(stack);
  for (const service of serviceNames) {
    const registry = `arn:aws:s3:::${namesOf(environment).registryBucket}`;
    const role = workflowRole(stack, provider, {
      roleName: namesOf(environment).deployRole(service),
      description: `Deploys the service ${service}`,
      environment: environment.name,
      statements: [
        ...serviceStatements(stack, environment, service),
        ...registryStatements(registry),
        ...migrationStatements(stack, environment, service),
      ],
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'ECS has no resource-level permissions for task definitions; the roles that tasks may use are named.',
      [`AwsSolutions-IAM5[Resource::${registry}/*]`]:
        'Keys contain version numbers and digests, which are not known in advance.',
      ...migrationFindings(stack, environment, service),
    });
  }
  siteDeployer(stack, provider, environment, site);
}

/** Replaces the files of the front end, and makes the distribution read the new ones. */
function siteDeployer(
  stack: Stack,
  provider: OidcProviderNative,
  environment: Environment,
  distribution: Distribution,
): void {
  const bucketArn = `arn:aws:s3:::${namesOf(environment).siteBucket}`;
  const files = `${bucketArn}/*`;
  const role = workflowRole(stack, provider, {
    roleName: namesOf(environment).deployRole('site'),
    description: 'Deploys the front end',
    environment: environment.name,
    statements: [
      new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: [bucketArn] }),
      new PolicyStatement({
        sid: 'Files',
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [files],
      }),
      new PolicyStatement({
        sid: 'Cache',
        actions: ['cloudfront:CreateInvalidation'],
        resources: [distribution.distributionArn],
      }),
    ],
  });
  acknowledge(role, {
    [`AwsSolutions-IAM5[Resource::${files}]`]: 'A build names its files by their content.',
  });
}

/** Registering a task definition runs nothing. PassRole limits its roles, and UpdateService names the service. */
function serviceStatements(stack: Stack, environment: Environment, service: string): PolicyStatement[] {
  const names = namesOf(environment);
  const role = (resourceName: string) =>
    stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  return [
    new PolicyStatement({
      sid: 'Definitions',
      actions: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'],
      resources: ['*'],
    }),
    new PolicyStatement({
      sid: 'Service',
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: [ecs(stack, 'service', `${names.cluster}/${service}`)],
    }),
    new PolicyStatement({
      sid: 'Roles',
      actions: ['iam:PassRole'],
      resources: [role(names.taskRole(service)), role(names.executionRole(service))],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    }),
    new PolicyStatement({
      sid: 'Image',
      actions: ['ssm:GetParameter', 'ssm:PutParameter'],
      resources: [stack.formatArn({ service: 'ssm', resource: `parameter${names.imageParameter(service)}` })],
    }),
  ];
}

/** Publishing creates a version and its SDLs, and replaces the live supergraph. It deletes nothing. */
function registryStatements(registry: string): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: [registry] }),
    new PolicyStatement({ sid: 'Schemas', actions: ['s3:GetObject', 's3:PutObject'], resources: [`${registry}/*`] }),
  ];
}

function migrationStatements(stack: Stack, environment: Environment, service: string): PolicyStatement[] {
  const arns = migrationArns(stack, environment, service);
  if (arns === undefined) return [];
  const cluster = { ArnEquals: { 'ecs:cluster': ecs(stack, 'cluster', namesOf(environment).cluster) } };
  return [
    new PolicyStatement({ sid: 'Migrate', actions: ['ecs:RunTask'], resources: [arns.family], conditions: cluster }),
    new PolicyStatement({ sid: 'Watch', actions: ['ecs:DescribeTasks'], resources: [arns.tasks], conditions: cluster }),
  ];
}

function migrationFindings(stack: Stack, environment: Environment, service: string): Record<string, string> {
  const arns = migrationArns(stack, environment, service);
  if (arns === undefined) return {};
  return {
    [`AwsSolutions-IAM5[Resource::${arns.family}]`]: 'ECS assigns the revision numbers.',
    [`AwsSolutions-IAM5[Resource::${arns.tasks}]`]: 'ECS assigns the task ids.',
  };
}

function migrationArns(stack: Stack, environment: Environment, service: string) {
  const schema = schemaNames.find((name) => name === service);
  if (schema === undefined) return undefined;
  const names = namesOf(environment);
  return {
    family: ecs(stack, 'task-definition', `${names.migrationFamily(schema)}:*`),
    tasks: ecs(stack, 'task', `${names.cluster}/*`),
  };
}

function ecs(stack: Stack, resource: string, resourceName: string): string {
  return stack.formatArn({ service: 'ecs', resource, resourceName });
}
