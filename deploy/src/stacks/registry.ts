import { type App, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../acknowledgements.js';
import { delivery, type Environment, hasPreviews } from '../environments.js';
import { buildRole, namesOf, serviceNames } from '../names.js';
import { output } from '../output.js';
import { createStack } from '../stack.js';
import { publisherFunction } from './registry/publisher-function.js';

/** The live supergraph, which publications write. */
export function supergraphAddress(environment: Environment): string {
  return `s3://${namesOf(environment).registryBucket}/live/supergraph.graphql`;
}

/** The live supergraph of the partner contract. */
export function partnerSupergraphAddress(environment: Environment): string {
  return `s3://${namesOf(environment).registryBucket}/live/partner.graphql`;
}

/** The changes of the partner contract in its versions. */
export function partnerChangesAddress(environment: Environment): string {
  return `s3://${namesOf(environment).registryBucket}/live/partner-changes.json`;
}

/** The bucket of the schema registry. Bucket versioning keeps the previous live supergraphs. */
export function registry(app: App, environment: Environment): void {
  const stack = createStack(app, environment, 'registry', 'Published schemas and the live supergraph');
  const bucket = new Bucket(stack, 'Bucket', {
    bucketName: namesOf(environment).registryBucket,
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { noncurrentVersionExpiration: Duration.days(365), noncurrentVersionsToRetain: 50 },
      // A schema check considers at most 90 days.
      { prefix: 'usage/', expiration: Duration.days(91), noncurrentVersionExpiration: Duration.days(1) },
    ],
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'Schemas are not secret, and each version names its publisher.' });
  grantBuildersRead(bucket);
  publisherFunction(stack, environment, bucket);
  output(stack, 'Registry', `s3://${bucket.bucketName}`, 'The address for `npm run schema -- ... --registry`');
}

/** Builds check their schema against the live graph before anything is deployed. */
function grantBuildersRead(bucket: Bucket): void {
  const role = (name: string) => new ArnPrincipal(`arn:aws:iam::${delivery.account}:role/${buildRole(name)}`);
  const principals = serviceNames.map(role);
  const allow = (sid: string, action: string, resource: string) =>
    bucket.addToResourcePolicy(new PolicyStatement({ sid, principals, actions: [action], resources: [resource] }));
  allow('Texts', 's3:GetObject', bucket.arnForObjects('*'));
  allow('Keys', 's3:ListBucket', bucket.bucketArn);
}

/** The registry, to which gateways report the use of the schema. */
export function registryAddress(environment: Environment): string {
  return `s3://${namesOf(environment).registryBucket}`;
}

const previewKeys = 'previews/*/live/supergraph.graphql';

/** The acknowledged findings about the permissions of the gateway in the registry. */
export function registryFindings(environment: Environment): Record<string, string> {
  const finding = (key: string) =>
    `AwsSolutions-IAM5[Resource::arn:aws:s3:::${namesOf(environment).registryBucket}/${key}]`;
  return {
    [finding('usage/*')]: 'Each report has a new key. The gateway can neither read nor list them.',
    ...(hasPreviews(environment) && { [finding(previewKeys)]: 'Previews are named when they are published.' }),
  };
}

/**
 * The gateway may read only the live supergraphs, and their earlier versions for a start while the newest is broken. It may
 * write only reports of their use.
 */
export function registryStatements(stack: Stack, environment: Environment): PolicyStatement[] {
  const arn = { service: 's3', account: '', region: '', resource: namesOf(environment).registryBucket };
  const keys = ['supergraph', 'partner'].map((graph) => `live/${graph}.graphql`);
  const readKeys = [...keys, 'live/partner-changes.json'];
  const resources = readKeys.map((resourceName) => stack.formatArn({ ...arn, resourceName }));
  return [
    new PolicyStatement({ sid: 'LiveGraph', actions: ['s3:GetObject', 's3:GetObjectVersion'], resources }),
    new PolicyStatement({
      sid: 'EarlierGraphs',
      actions: ['s3:ListBucketVersions'],
      resources: [stack.formatArn(arn)],
      conditions: { StringEquals: { 's3:prefix': keys } },
    }),
    new PolicyStatement({
      sid: 'Usage',
      actions: ['s3:PutObject'],
      resources: [stack.formatArn({ ...arn, resourceName: 'usage/*' })],
    }),
    ...(hasPreviews(environment) ? [previewStatement(stack.formatArn({ ...arn, resourceName: previewKeys }))] : []),
  ];
}

function previewStatement(resource: string): PolicyStatement {
  return new PolicyStatement({ sid: 'Previews', actions: ['s3:GetObject'], resources: [resource] });
}
