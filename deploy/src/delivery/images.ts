import { type App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, type OidcProviderNative, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../acknowledgements.js';
import { delivery, environments } from '../environments.js';
import { buildRole, imageRepository, namesOf, serviceNames } from '../names.js';
import { workflowProvider, workflowRole } from './workflow.js';

/** What all environments share: the images of all services, and who may build them. */
export function images(app: App): void {
  const { account, region } = delivery;
  const stack = new Stack(app, 'marquee-delivery', {
    stackName: 'marquee-delivery',
    description: 'Images of all services, and who may build them',
    env: { account, region },
    terminationProtection: true,
  });
  const provider = workflowProvider(stack);
  for (const service of serviceNames) builder(stack, provider, service, repository(stack, service));
}

/** A tag is a commit, and stays what it is; environments take images by their digest. */
function repository(stack: Stack, service: string): Repository {
  const made = new Repository(stack, `Images-${service}`, {
    repositoryName: imageRepository(service),
    imageTagMutability: TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { rulePriority: 1, tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(14) },
      { rulePriority: 2, tagStatus: TagStatus.ANY, maxImageCount: 100 },
    ],
  });
  for (const { account } of Object.values(environments)) made.grantPull(new AccountPrincipal(account));
  return made;
}

/** Builds one service: it pushes that one's images, and reads what is live to check against it. */
function builder(stack: Stack, provider: OidcProviderNative, service: string, to: Repository): void {
  const registries = Object.values(environments).map((environment) => namesOf(environment).registryBucket);
  const buckets = registries.map((bucket) => `arn:aws:s3:::${bucket}`);
  const role = workflowRole(stack, provider, {
    roleName: buildRole(service),
    description: `Builds images of the service ${service}`,
    environment: 'build',
    statements: [
      new PolicyStatement({ sid: 'Login', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
      new PolicyStatement({ sid: 'Push', actions: pushing, resources: [to.repositoryArn] }),
      new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: buckets }),
      new PolicyStatement({
        sid: 'Live',
        actions: ['s3:GetObject'],
        resources: buckets.map((bucket) => `${bucket}/*`),
      }),
    ],
  });
  acknowledge(role, {
    'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resources; what may be pushed is one image.',
    ...Object.fromEntries(
      buckets.map((bucket) => [
        `AwsSolutions-IAM5[Resource::${bucket}/*]`,
        'A registry is nothing but schemas, and a check reads those of every service.',
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
