import { type App, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { namesOf, type SchemaName } from '../names.js';
import { databaseRoots, migrationTask } from '../service/task.js';
import { type TableOwner, tableStatements } from './data/tables.js';
import type { Media } from './media.js';
import { folderFindings, serviceStatements } from './media/bucket.js';
import { type Foundation, subgraph } from './subgraph.js';

/** The four subgraphs, a stack each: what each of them is told, and what it may do. */
export function subgraphs(app: App, ground: Foundation, media: Media): void {
  users(app, ground, media);
  jobs(app, ground);
  withTable(app, ground, 'messaging');
  withTable(app, ground, 'shows');
}

function users(app: App, ground: Foundation, media: Media): void {
  const database = databaseOf('users', ground);
  const plan = subgraph(app, ground, 'users', (stack) => ({
    variables: {
      ...database.variables,
      AWS_REGION: ground.environment.region,
      MEDIA_STORAGE: 's3',
      MEDIA_BUCKET: namesOf(ground.environment).mediaBucket,
      MEDIA_PUBLIC_URL: media.publicUrl,
      MEDIA_TICKET_SECONDS: '300',
    },
    secrets: { ...database.secrets, MEDIA_ID_KEY: ground.data.secrets.mediaIdKey },
    rights: serviceStatements(stack, ground.environment),
  }));
  acknowledge(plan.roles.task, folderFindings(ground.environment));
  migrationTask(Stack.of(plan.logs), { ...plan, name: 'users' }, database);
}

function jobs(app: App, ground: Foundation): void {
  const database = databaseOf('jobs', ground);
  const plan = subgraph(app, ground, 'jobs', () => ({
    variables: database.variables,
    secrets: { ...database.secrets, MEDIA_ID_KEY: ground.data.secrets.mediaIdKey },
    rights: [],
  }));
  migrationTask(Stack.of(plan.logs), { ...plan, name: 'jobs' }, database);
}

function withTable(app: App, ground: Foundation, name: TableOwner): void {
  const { environment, data } = ground;
  subgraph(app, ground, name, (stack) => ({
    variables: { TABLE_NAME: namesOf(environment).table(name), AWS_REGION: environment.region },
    secrets: {},
    rights: [...tableStatements(stack, environment, name), keyUse(data.keys[name], environment)],
  }));
}

/** The service's role in the database sees the schema of its name and no other. */
function databaseOf(schema: SchemaName, { data }: Foundation) {
  return {
    variables: { DATABASE_SCHEMA: schema, NODE_EXTRA_CA_CERTS: databaseRoots },
    secrets: { DATABASE_URL: data.secrets.databaseUrls[schema] },
    parameters: {},
  };
}

/** DynamoDB encrypts with the service's key in the name of who asks, and nobody else may use it so. */
function keyUse(key: IKey, { region }: Environment): PolicyStatement {
  return new PolicyStatement({
    sid: 'Key',
    actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
      (action) => `kms:${action}`,
    ),
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
  });
}
