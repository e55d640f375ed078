import { type App, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Subgraph, subgraphs } from '@marquee/schema/services';
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import { readStatements } from '../service/references.js';
import { databaseRoots, migrationTask } from '../service/task.js';
import { tableStatements } from './data/tables.js';
import { eventPlan } from './events.js';
import type { Identity } from './identity.js';
import { mailPlan } from './mail.js';
import type { Media } from './media.js';
import { folderFindings, serviceStatements } from './media/media-bucket.js';
import { createSubgraph, type Foundation, type SubgraphPlan } from './subgraph.js';

/** The resources of the service that stores media and accounts. */
export interface AccountResources {
  media: Media;
  identity: Identity;
}

/** Creates a stack for each subgraph of the manifest, with what its store and its media role require. */
export function subgraphStacks(app: App, foundation: Foundation, resources: AccountResources): void {
  for (const subgraph of subgraphs) {
    const plan = createSubgraph(app, foundation, subgraph.name, (stack) => {
      const store =
        subgraph.store === 'postgres' ? databasePlan(subgraph, foundation) : tablePlan(subgraph, foundation, stack);
      return [
        store,
        mediaPlan(subgraph, foundation, resources, stack),
        eventPlan(subgraph, foundation.environment, foundation.events, stack),
        mailPlan(subgraph, foundation.environment, foundation.data.secrets.mailLinkKey, stack),
        webhookPlan(subgraph, foundation),
      ].reduce(merged);
    });
    if (subgraph.media === 'stores') acknowledge(plan.roles.task, folderFindings(foundation.environment));
    if (subgraph.store === 'postgres')
      migrationTask(Stack.of(plan.logs), plan, { ...databasePlan(subgraph, foundation), parameters: {} });
  }
}

/**
 * The service's database role can access only the schema of the same name. ECS resolves the secret once; the service reads
 * it again when the database refuses its password.
 */
function databasePlan({ name }: Subgraph, { environment, data }: Foundation): SubgraphPlan {
  const secret = data.secrets.databaseUrls.get(name);
  return {
    variables: {
      AWS_REGION: environment.region,
      DATABASE_SCHEMA: name,
      DATABASE_SECRET_ID: secret.secret.secretArn,
      NODE_EXTRA_CA_CERTS: databaseRoots,
    },
    secrets: { DATABASE_URL: secret },
    statements: readStatements(secret),
  };
}

function tablePlan({ name }: Subgraph, { environment, data }: Foundation, stack: Stack): SubgraphPlan {
  return {
    variables: { TABLE_NAME: namesOf(environment).table(name), AWS_REGION: environment.region },
    secrets: {},
    statements: [...tableStatements(stack, environment, name), keyStatement(data.keys.get(name), environment)],
  };
}

function mediaPlan(
  subgraph: Subgraph,
  { environment, data }: Foundation,
  { media, identity }: AccountResources,
  stack: Stack,
): SubgraphPlan {
  const secrets = { ...(subgraph.media && { MEDIA_ID_KEY: data.secrets.mediaIdKey }) };
  if (subgraph.media !== 'stores') return { variables: {}, secrets, statements: [] };
  const variables = {
    AWS_REGION: environment.region,
    MEDIA_STORAGE: 's3',
    MEDIA_BUCKET: namesOf(environment).mediaBucket,
    MEDIA_PUBLIC_URL: media.publicUrl,
    MEDIA_TICKET_SECONDS: '300',
    MEDIA_DISTRIBUTION_ID: media.distributionId,
    COGNITO_USER_POOL_ID: identity.pool.userPoolId,
  };
  const statements = [...serviceStatements(stack, environment), ...erasureStatements(stack, media, identity)];
  return { variables, secrets, statements };
}

function webhookPlan({ webhooks }: Subgraph, { data }: Foundation): SubgraphPlan {
  return { variables: {}, secrets: { ...(webhooks && { WEBHOOK_KEYS: data.secrets.webhookKeys }) }, statements: [] };
}

/** With a deleted account, its user and the cached copies of its files are removed. */
function erasureStatements(stack: Stack, { distributionId }: Media, { pool }: Identity): PolicyStatement[] {
  const distribution = { service: 'cloudfront', region: '', resource: 'distribution', resourceName: distributionId };
  return [
    new PolicyStatement({
      sid: 'RemoveSignIns',
      actions: ['cognito-idp:AdminDisableUser', 'cognito-idp:AdminDeleteUser'],
      resources: [pool.userPoolArn],
    }),
    new PolicyStatement({
      sid: 'PurgeCaches',
      actions: ['cloudfront:CreateInvalidation'],
      resources: [stack.formatArn(distribution)],
    }),
  ];
}

function merged(one: SubgraphPlan, other: SubgraphPlan): SubgraphPlan {
  return {
    variables: { ...one.variables, ...other.variables },
    secrets: { ...one.secrets, ...other.secrets },
    statements: [...one.statements, ...other.statements],
  };
}

/** DynamoDB uses the service's key on behalf of the caller; the condition prevents any other use of it. */
function keyStatement(key: IKey, { region }: Environment): PolicyStatement {
  return new PolicyStatement({
    sid: 'Key',
    actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
      (action) => `kms:${action}`,
    ),
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
  });
}
