import { Duration, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Architecture, Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { localUrl, subgraphs } from '@marquee/schema/services';
import { acknowledge } from '../../acknowledgements.js';
import { type Environment, hasPreviews } from '../../environments.js';
import { functionRole } from '../../function-role.js';
import { logGroup } from '../../log-group.js';
import { namesOf } from '../../names.js';
import { assetPath } from '../../paths.js';
import { previewAlias, publisherAlias } from '../../publisher-aliases.js';

/**
 * The function that composes and publishes schemas. It has an alias for each service: a role that may invoke only that alias
 * changes only the schema of that service, although every publication replaces the supergraph.
 */
export function publisherFunction(stack: Stack, environment: Environment, bucket: Bucket): void {
  const lambda = new Lambda(stack, 'Publisher', {
    functionName: namesOf(environment).publisher,
    description: 'Composes and publishes the schema of one service',
    code: Code.fromAsset(assetPath('publisher')),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 1536,
    timeout: Duration.minutes(2),
    tracing: Tracing.ACTIVE,
    role: publisherRole(stack, environment, bucket),
    logGroup: logGroup(stack, environment, 'publisher'),
    environment: {
      REGISTRY: `s3://${bucket.bucketName}`,
      SUBGRAPH_URLS: JSON.stringify(Object.fromEntries(subgraphs.map((one) => [one.name, localUrl(one)]))),
    },
  });
  for (const { name } of subgraphs)
    for (const aliasName of [publisherAlias(name), ...(hasPreviews(environment) ? [previewAlias(name)] : [])])
      new Alias(stack, `Alias-${aliasName}`, { aliasName, version: lambda.currentVersion });
}

/** Versions and texts are created, and only the files that gateways read are replaced. */
function publisherRole(stack: Stack, environment: Environment, bucket: Bucket) {
  const role = functionRole(stack, environment, 'publisher', { inNetwork: false });
  const written = ['versions/*', 'texts/*', 'live/*', ...(hasPreviews(environment) ? ['previews/*'] : [])];
  const resources = written.map((key) => bucket.arnForObjects(key));
  const all = bucket.arnForObjects('*');
  for (const statement of [
    new PolicyStatement({ sid: 'Keys', actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    new PolicyStatement({ sid: 'Registry', actions: ['s3:GetObject'], resources: [all] }),
    new PolicyStatement({ sid: 'Publish', actions: ['s3:PutObject'], resources }),
  ])
    role.addToPolicy(statement);
  acknowledge(
    role,
    Object.fromEntries(
      ['*', ...written].map((key) => [
        `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(bucket.node.defaultChild as never)}.Arn>/${key}]`,
        'Keys contain version numbers and digests, which are not known in advance.',
      ]),
    ),
  );
  return role;
}
