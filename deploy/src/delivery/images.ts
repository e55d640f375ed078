import { type App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, type OidcProviderNative, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import { delivery, environments, isStaging } from '../environments.js';
import { branchBuildRole, branchImageRepository, buildRole, imageRepository, namesOf, serviceNames } from '../names.js';
import { output } from '../output.js';
import { workflowProvider, workflowRole } from './workflow.js';

/** The stack that all environments share: the image repositories, and the roles of the build workflows. */
export function images(app: App): void {
  const { account, region } = delivery;
  const stack = new Stack(app, 'marquee-delivery', {
    stackName: 'marquee-delivery',
    description: 'Image repositories and the roles of the build workflows',
    env: { account, region },
    terminationProtection: true,
  });
  const provider = workflowProvider(stack);
  for (const service of serviceNames) {
    createBuildRole(stack, provider, service, createRepository(stack, service));
    createBranchBuildRole(stack, provider, service, createBranchRepository(stack, service));
  }
}

/** A tag is a commit id and immutable. Environments pin images by digest. */
function createRepository(stack: Stack, service: string): Repository {
  const repository = new Repository(stack, `Images-${service}`, {
    repositoryName: imageRepository(service),
    imageTagMutability: TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { rulePriority: 1, tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(14) },
      { rulePriority: 2, tagStatus: TagStatus.ANY, maxImageCount: 100 },
    ],
  });
  for (const { account } of Object.values(environments)) repository.grantPull(new AccountPrincipal(account));
  output(stack, `Images${service}`, repository.repositoryUri, `The images of ${service}`);
  return repository;
}

/** Only staging can pull the images of branches, which are deleted after two weeks. */
function createBranchRepository(stack: Stack, service: string): Repository {
  const repository = new Repository(stack, `BranchImages-${service}`, {
    repositoryName: branchImageRepository(service),
    imageTagMutability: TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    removalPolicy: RemovalPolicy.DESTROY,
    lifecycleRules: [{ tagStatus: TagStatus.ANY, maxImageAge: Duration.days(14) }],
  });
  for (const environment of Object.values(environments))
    if (isStaging(environment)) repository.grantPull(new AccountPrincipal(environment.account));
  return repository;
}

/** The role of the builds of pull requests. */
function createBranchBuildRole(
  stack: Stack,
  provider: OidcProviderNative,
  service: string,
  repository: Repository,
): void {
  const role = workflowRole(stack, provider, {
    roleName: branchBuildRole(service),
    description: `Builds images of branches of the service ${service}`,
    environment: 'staging',
    statements: pushStatements(repository),
  });
  acknowledge(role, pushFindings);
}

/** The role of a service's build. It pushes the service's images, and reads the registries for the schema check. */
function createBuildRole(stack: Stack, provider: OidcProviderNative, service: string, repository: Repository): void {
  const registries = Object.values(environments).map((environment) => namesOf(environment).registryBucket);
  const buckets = registries.map((bucket) => `arn:aws:s3:::${bucket}`);
  const role = workflowRole(stack, provider, {
    roleName: buildRole(service),
    description: `Builds images of the service ${service}`,
    environment: 'build',
    statements: [
      ...pushStatements(repository),
      new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: buckets }),
      new PolicyStatement({
        sid: 'Live',
        actions: ['s3:GetObject'],
        resources: buckets.map((bucket) => `${bucket}/*`),
      }),
    ],
  });
  acknowledge(role, {
    ...pushFindings,
    ...Object.fromEntries(
      buckets.map((bucket) => [
        `AwsSolutions-IAM5[Resource::${bucket}/*]`,
        'A registry contains only schemas, and a check reads those of every service.',
      ]),
    ),
  });
}

function pushStatements(repository: Repository): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'Login', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    new PolicyStatement({ sid: 'Push', actions: pushing, resources: [repository.repositoryArn] }),
  ];
}

const pushFindings = {
  'AwsSolutions-IAM5[Resource::*]':
    'ecr:GetAuthorizationToken has no resource-level permissions; pushes are limited to one repository.',
};

const pushing = [
  'BatchCheckLayerAvailability',
  'BatchGetImage',
  'CompleteLayerUpload',
  'DescribeImages',
  'GetDownloadUrlForLayer',
  'InitiateLayerUpload',
  'PutImage',
  'UploadLayerPart',
].map((action) => `ecr:${action}`);
