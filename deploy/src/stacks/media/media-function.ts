import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Duration, type Stack } from 'aws-cdk-lib';
import { SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnPermission, Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { acknowledge } from '../../acknowledgements.js';
import { assetPath } from '../../paths.js';
import type { Environment } from '../../environments.js';
import { functionRole } from '../../function-role.js';
import { logGroup } from '../../log-group.js';
import { namesOf } from '../../names.js';
import { readStatements } from '../../service/references.js';
import type { Data } from '../data.js';
import type { Network } from '../network.js';
import { bucketArn, folderFindings, functionStatements, uploadsFolder } from './media-bucket.js';

export interface FunctionInputs {
  network: Network;
  data: Data;
  publicUrl: string;
  bucket: Bucket;
}

/** The function that processes uploads. Events that fail three times go to a dead-letter queue. */
export function createFunction(stack: Stack, environment: Environment, inputs: FunctionInputs): void {
  const { network, data, bucket } = inputs;
  const lambda = new Lambda(stack, 'Function', {
    functionName: namesOf(environment).mediaFunction,
    description: 'Processes uploads',
    code: codeWithSharp(stack),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 1536,
    timeout: Duration.minutes(15),
    retryAttempts: 2,
    ...(environment.mediaConcurrency !== undefined && {
      reservedConcurrentExecutions: environment.mediaConcurrency,
    }),
    tracing: Tracing.ACTIVE,
    role: uploadsRole(stack, environment, data),
    logGroup: logGroup(stack, environment, 'media'),
    deadLetterQueue: deadLetters(stack, environment),
    vpc: network.vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [
      SecurityGroup.fromSecurityGroupId(stack, 'Group', network.groups.mediaFunction.securityGroupId, {
        mutable: false,
      }),
    ],
    environment: variables(environment, inputs),
  });
  notify(stack, environment, bucket, lambda);
}

/** A warning fails a deploy but not a synthesis, so that templates can be checked without the download. */
function codeWithSharp(stack: Stack): Code {
  const code = assetPath('media');
  if (!existsSync(join(code, 'node_modules/sharp')))
    Annotations.of(stack).addWarningV2('marquee:native', 'sharp is missing; `npm run deploy` downloads it.');
  return Code.fromAsset(code);
}

function variables(environment: Environment, { data, publicUrl }: FunctionInputs): Record<string, string> {
  return {
    DATABASE_SECRET_ID: data.secrets.databaseUrls.get('users').secret.secretArn,
    DATABASE_SCHEMA: 'users',
    MEDIA_STORAGE: 's3',
    MEDIA_BUCKET: namesOf(environment).mediaBucket,
    MEDIA_PUBLIC_URL: publicUrl,
    // The runtime contains the RDS root certificates, but Node does not load them by default.
    NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
  };
}

function uploadsRole(stack: Stack, environment: Environment, { secrets }: Data): Role {
  const role = functionRole(stack, environment, 'media', { inNetwork: true });
  const secret = readStatements(secrets.databaseUrls.get('users'));
  for (const statement of [...functionStatements(stack, environment), ...secret]) role.addToPolicy(statement);
  acknowledge(role, folderFindings(environment));
  return role;
}

function deadLetters(stack: Stack, environment: Environment): Queue {
  return new Queue(stack, 'DeadLetters', {
    queueName: namesOf(environment).mediaDeadLetters,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
}

/** Sets the notification as a property of the bucket. CDK's own method would add a custom resource for it. */
function notify(stack: Stack, environment: Environment, bucket: Bucket, lambda: Lambda): void {
  const permission = new CfnPermission(stack, 'BucketMayCall', {
    action: 'lambda:InvokeFunction',
    functionName: lambda.functionName,
    principal: 's3.amazonaws.com',
    sourceAccount: environment.account,
    sourceArn: bucketArn(stack, environment),
  });
  const cfnBucket = bucket.node.defaultChild;
  if (!(cfnBucket instanceof CfnBucket)) throw new Error('The bucket has no CfnBucket.');
  cfnBucket.notificationConfiguration = {
    lambdaConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        function: lambda.functionArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: uploadsFolder }] } },
      },
    ],
  };
  cfnBucket.addResourceDependency(permission);
}
