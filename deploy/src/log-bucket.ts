import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from './acknowledgements.js';
import type { Environment } from './environments.js';
import { namesOf } from './names.js';

/** A bucket for access logs. CloudFront needs ACLs to write to it, load balancers do not. */
export function logBucket(
  stack: Stack,
  environment: Environment,
  of: string,
  objectOwnership: ObjectOwnership,
): Bucket {
  const bucket = new Bucket(stack, 'AccessLogs', {
    bucketName: `${namesOf(environment).prefix}-${of}-logs-${environment.account}`,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [{ expiration: Duration.days(90) }],
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'It stores access logs itself.' });
  return bucket;
}
