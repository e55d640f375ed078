import { type App, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../acknowledgements.js';
import { delivery, type Environment } from '../environments.js';
import { buildRole, namesOf, serviceNames } from '../names.js';
import { createStack } from '../stack.js';

/** Where the gateway finds the graph: what `publish` and `rollback` of `npm run schema` write. */
export function supergraphAddress(environment: Environment): string {
  return `s3://${namesOf(environment).registryBucket}/live/supergraph.graphql`;
}

/** Where it finds what partners see of it; publishing writes both. */
export function partnerSupergraphAddress(environment: Environment): string {
  return `s3://${namesOf(environment).registryBucket}/live/partner.graphql`;
}

/** The registry of schemas: a bucket. Versions are written once; what is live has its former versions behind it. */
export function registry(app: App, environment: Environment): void {
  const stack = createStack(app, environment, 'registry', 'Published schemas and the live supergraph');
  const bucket = new Bucket(stack, 'Bucket', {
    bucketName: namesOf(environment).registryBucket,
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(365), noncurrentVersionsToRetain: 50 }],
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'Schemas are no secret; who published is in each version itself.' });
  grantBuildersRead(bucket);
}

/** A build is checked against what is live before it is anywhere. */
function grantBuildersRead(bucket: Bucket): void {
  const role = (name: string) => new ArnPrincipal(`arn:aws:iam::${delivery.account}:role/${buildRole(name)}`);
  const principals = serviceNames.map(role);
  const may = (sid: string, action: string, resource: string) =>
    bucket.addToResourcePolicy(new PolicyStatement({ sid, principals, actions: [action], resources: [resource] }));
  may('Texts', 's3:GetObject', bucket.arnForObjects('*'));
  may('Keys', 's3:ListBucket', bucket.bucketArn);
}

/** The gateway reads what is live, and nothing else of it. */
export function registryStatement(stack: Stack, environment: Environment): PolicyStatement {
  const live = stack.formatArn({
    service: 's3',
    account: '',
    region: '',
    resource: namesOf(environment).registryBucket,
    resourceName: 'live',
  });
  const resources = ['supergraph', 'partner'].map((graph) => `${live}/${graph}.graphql`);
  return new PolicyStatement({ sid: 'LiveGraph', actions: ['s3:GetObject'], resources });
}
