import { type App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, type OidcProviderNative, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import { delivery, environments } from '../environments.js';
import { buildRole, imageRepository, namesOf, serviceNames } from '../names.js';
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
  for (const service of serviceNames) createBuildRole(stack, provider, service, createRepository(stack, service));
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

/** The role of a service's build. It pushes the service's images, and reads the registries for the schema check. */
function createBuildRole(stack: Stack, provider: OidcProviderNative, service: string, repository: Repository): void {
  const registries = Object.values(environments).map((environment) => namesOf(environment).registryBucket);
  const buckets = registries.map((bucket) => `arn:aws:s3:::${bucket}`);
  const role = workflowRole(stack, provider, {
    roleName: buildRole(service),
    description: `Builds images of the service ${service}`,
    environment: 'build',
    statements: [
      new PolicyStatement({ sid: 'Login', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      new PolicyStatement({ sid: 'Push', actions: pushing, resources: [repository.repositoryArn] }),
      new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: buckets }),
      new PolicyStatement({
        sid: 'Live',
        actions: ['s3:GetObject'],
        resources: buckets.map((bucket) => `${bucket}/*`),
      }),
    ],
  });
  acknowledge(role, {
    'AwsSolutions-IAM5[Resource::*]':
      'ecr:GetAuthorizationToken has no resource-level permissions; pushes are limited to one repository.',
    ...Object.fromEntries(
      buckets.map((bucket) => [
        `AwsSolutions-IAM5[Resource::${bucket}/*]`,
        'A registry contains only schemas, and a check reads those of every service.',
      ]),
    ),
  });
}

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
