import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../../acknowledgements.js';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';

/** What is uploaded and not yet judged; nobody reads it but the function. */
export const uploadsFolder = 'incoming/';

/** What the distribution serves. */
export const publicFolder = 'media/';

export function mediaBucket(stack: Stack, environment: Environment): Bucket {
  const bucket = new Bucket(stack, 'Bucket', {
    bucketName: namesOf(environment).mediaBucket,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    // Any page may upload with a ticket: the signed policy is the right, no cookie is.
    cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: ['*'], allowedHeaders: ['*'], maxAge: 3600 }],
    lifecycleRules: [
      { prefix: uploadsFolder, expiration: Duration.days(1) },
      { noncurrentVersionExpiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  acknowledge(bucket, { 'AwsSolutions-S1': 'Who reads is in the log of the distribution; nobody else can.' });
  return bucket;
}

/** Tickets are signed in the name of the service: it may do what they allow. And it takes portraits down. */
export function serviceStatements(stack: Stack, environment: Environment): PolicyStatement[] {
  return [
    folderStatement(stack, environment, 'Tickets', ['s3:PutObject'], uploadsFolder),
    folderStatement(stack, environment, 'TakeDown', ['s3:DeleteObject'], publicFolder),
  ];
}

/** The function empties one folder and fills the other. */
export function functionStatements(stack: Stack, environment: Environment): PolicyStatement[] {
  return [
    folderStatement(stack, environment, 'Uploads', ['s3:GetObject', 's3:DeleteObject'], uploadsFolder),
    folderStatement(stack, environment, 'Publish', ['s3:PutObject'], publicFolder),
    // Without it what is gone reads as forbidden.
    new PolicyStatement({
      sid: 'Missing',
      actions: ['s3:ListBucket'],
      resources: [bucketArn(stack, environment)],
      conditions: { StringLike: { 's3:prefix': `${uploadsFolder}*` } },
    }),
  ];
}

/** Why a right names a folder and not each object. */
export function folderFindings(environment: Environment): Record<string, string> {
  const bucket = namesOf(environment).mediaBucket;
  const finding = (folder: string) => `AwsSolutions-IAM5[Resource::arn:aws:s3:::${bucket}/${folder}*]`;
  const reason = 'Each upload has a name of its own, in this one folder.';
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
