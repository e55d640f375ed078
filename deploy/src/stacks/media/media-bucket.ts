import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';

/** Unprocessed uploads, which only the function can read. */
export const uploadsFolder = 'incoming/';

/** The files that the distribution serves. */
export const publicFolder = 'media/';

export function mediaBucket(stack: Stack, environment: Environment): Bucket {
  const bucket = new Bucket(stack, 'Bucket', {
    bucketName: namesOf(environment).mediaBucket,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    // Pages of any origin may upload: the signed policy authorizes the upload, not a cookie.
    cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: ['*'], allowedHeaders: ['*'], maxAge: 3600 }],
    lifecycleRules: [
      { prefix: uploadsFolder, expiration: Duration.days(1) },
      { noncurrentVersionExpiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'Only the distribution can read the bucket, and it has an access log.' });
  return bucket;
}

/** The service signs upload policies, so it needs the permissions that they grant. It also deletes files. */
export function serviceStatements(stack: Stack, environment: Environment): PolicyStatement[] {
  return [
    folderStatement(stack, environment, 'Tickets', ['s3:PutObject', 's3:DeleteObject'], uploadsFolder),
    folderStatement(stack, environment, 'TakeDown', ['s3:DeleteObject'], publicFolder),
  ];
}

/** The function moves files from one folder to the other, and deletes those of accounts that were deleted meanwhile. */
export function functionStatements(stack: Stack, environment: Environment): PolicyStatement[] {
  return [
    folderStatement(stack, environment, 'Uploads', ['s3:GetObject', 's3:DeleteObject'], uploadsFolder),
    folderStatement(stack, environment, 'Publish', ['s3:PutObject', 's3:DeleteObject'], publicFolder),
    // Without this permission S3 responds 403 instead of 404 for a missing object.
    new PolicyStatement({
      sid: 'Missing',
      actions: ['s3:ListBucket'],
      resources: [bucketArn(stack, environment)],
      conditions: { StringLike: { 's3:prefix': `${uploadsFolder}*` } },
    }),
  ];
}

/** The acknowledged findings about permissions for whole folders. */
export function folderFindings(environment: Environment): Record<string, string> {
  const bucket = namesOf(environment).mediaBucket;
  const finding = (folder: string) => `AwsSolutions-IAM5[Resource::arn:aws:s3:::${bucket}/${folder}*]`;
  const reason = 'The names of uploads in this folder are not known in advance.';
  return { [finding(uploadsFolder)]: reason, [finding(publicFolder)]: reason };
}

export function bucketArn(stack: Stack, environment: Environment): string {
  return stack.formatArn({
    service: 's3',
    account: '',
    region: '',
    resource: namesOf(environment).mediaBucket,
  });
}

function folderStatement(stack: Stack, environment: Environment, sid: string, actions: string[], folder: string) {
  return new PolicyStatement({ sid, actions, resources: [`${bucketArn(stack, environment)}/${folder}*`] });
}
