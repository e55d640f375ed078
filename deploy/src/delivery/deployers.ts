import { type App, ArnFormat, type Stack } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { type OidcProviderNative, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import { type Environment, isStaging } from '../environments.js';
import { namesOf, schemaNames, serviceNames, subgraphNames } from '../names.js';
import { previewAlias, publisherAlias } from '../publisher-aliases.js';
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
    const role = workflowRole(stack, provider, {
      roleName: namesOf(environment).deployRole(service),
      description: `Deploys the service ${service}`,
      environment: environment.name,
      statements: [
        ...serviceStatements(stack, environment, service),
        recordStatement(stack, environment, service),
        ...registryStatements(stack, environment, service, publisherAlias(service)),
        ...migrationStatements(stack, environment, service),
      ],
    });
    acknowledge(role, {
      ...definitionFindings,
      ...registryFindings(environment, service),
      ...migrationFindings(stack, environment, service),
    });
  }
  if (isStaging(environment)) for (const service of serviceNames) branchDeployer(stack, provider, environment, service);
  siteDeployer(stack, provider, environment, site);
}

/** Runs a branch of a service on staging, and publishes its schema to a preview graph. It records neither. */
function branchDeployer(stack: Stack, provider: OidcProviderNative, environment: Environment, service: string): void {
  const role = workflowRole(stack, provider, {
    roleName: namesOf(environment).stageRole(service),
    description: `Deploys branches of the service ${service}`,
    environment: 'staging',
    statements: [
      ...serviceStatements(stack, environment, service),
      ...registryStatements(stack, environment, service, previewAlias(service)),
    ],
  });
  acknowledge(role, { ...definitionFindings, ...registryFindings(environment, service) });
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

const definitionFindings = {
  'AwsSolutions-IAM5[Resource::*]':
    'ECS has no resource-level permissions for task definitions; the roles that tasks may use are named.',
};

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
    parameterStatement(stack, 'Deployed', 'ssm:GetParameter', [
      names.imageParameter(service),
      names.releaseParameter(service),
      names.definitionParameter(service),
    ]),
  ];
}

/** A branch can change neither the image of the environment nor the order of its releases. */
function recordStatement(stack: Stack, environment: Environment, service: string): PolicyStatement {
  const { imageParameter, releaseParameter } = namesOf(environment);
  const names = [imageParameter(service), releaseParameter(service)];
  return parameterStatement(stack, 'Record', 'ssm:PutParameter', names);
}

function parameterStatement(stack: Stack, sid: string, action: string, names: readonly string[]): PolicyStatement {
  const resources = names.map((name) => stack.formatArn({ service: 'ssm', resource: `parameter${name}` }));
  return new PolicyStatement({ sid, actions: [action], resources });
}

/** The registry is read by the role and written by the publisher function, which it may ask for its own service only. */
function registryStatements(stack: Stack, environment: Environment, service: string, alias: string): PolicyStatement[] {
  if (!subgraphNames.includes(service)) return [];
  const registry = registryArn(environment);
  return [
    new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: [registry] }),
    new PolicyStatement({ sid: 'Schemas', actions: ['s3:GetObject'], resources: [`${registry}/*`] }),
    new PolicyStatement({
      sid: 'Publish',
      actions: ['lambda:InvokeFunction'],
      resources: [
        stack.formatArn({
          service: 'lambda',
          resource: 'function',
          resourceName: `${namesOf(environment).publisher}:${alias}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    }),
  ];
}

function registryFindings(environment: Environment, service: string): Record<string, string> {
  if (!subgraphNames.includes(service)) return {};
  return {
    [`AwsSolutions-IAM5[Resource::${registryArn(environment)}/*]`]:
      'A registry contains only schemas, and the keys of versions are not known in advance.',
  };
}

function registryArn(environment: Environment): string {
  return `arn:aws:s3:::${namesOf(environment).registryBucket}`;
}

function migrationStatements(stack: Stack, environment: Environment, service: string): PolicyStatement[] {
  const arns = migrationArns(stack, environment, service);
  if (arns === undefined) return [];
  const cluster = { ArnEquals: { 'ecs:cluster': ecs(stack, 'cluster', namesOf(environment).cluster) } };
  return [
    new PolicyStatement({ sid: 'Migrate', actions: ['ecs:RunTask'], resources: [arns.family], conditions: cluster }),
    new PolicyStatement({ sid: 'Watch', actions: ['ecs:DescribeTasks'], resources: [arns.tasks], conditions: cluster }),
    parameterStatement(stack, 'Migration', 'ssm:GetParameter', [namesOf(environment).migrationParameter(service)]),
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
