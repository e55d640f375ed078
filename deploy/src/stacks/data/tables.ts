import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { TableDefinition } from '@marquee/chassis/dynamodb/open';
import { tableDefinition as messagingTable } from '@marquee/messaging/table';
import { tableDefinition as showsTable } from '@marquee/shows/table';
import type { Environment } from '../../environments.js';
import { namesOf, type ServiceName } from '../../names.js';

/** The services' own definitions: what they are tested with is what they get. */
const tables = {
  messaging: { definition: messagingTable, forgetting: 'expiresAt' },
  shows: { definition: showsTable, forgetting: undefined },
} as const;

export type TableOwner = keyof typeof tables;

export function createTables(stack: Stack, environment: Environment, keys: Readonly<Record<ServiceName, IKey>>): void {
  for (const owner of Object.keys(tables) as TableOwner[]) createTable(stack, environment, owner, keys[owner]);
}

function createTable(stack: Stack, environment: Environment, owner: TableOwner, key: IKey): void {
  const { definition, forgetting } = tables[owner];
  const table = new CfnTable(stack, `Table-${owner}`, {
    ...camelCased(definition),
    tableName: namesOf(environment).table(owner),
    billingMode: 'PAY_PER_REQUEST',
    deletionProtectionEnabled: true,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: key.keyArn },
    ...(forgetting && { timeToLiveSpecification: { attributeName: forgetting, enabled: true } }),
  });
  table.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

type TableShape = Pick<
  ConstructorParameters<typeof CfnTable>[2],
  'keySchema' | 'attributeDefinitions' | 'globalSecondaryIndexes'
>;

/** The AWS library writes these names with a capital, CDK without. */
function camelCased({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes }: TableDefinition): TableShape {
  return uncapitalised({
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes,
  }) as TableShape;
}

function uncapitalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(uncapitalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      uncapitalised(held),
    ]),
  );
}

/** What a service does with its table and its indexes. Nothing scans, and nothing changes the table itself. */
export function tableStatements(stack: Stack, environment: Environment, owner: TableOwner): PolicyStatement[] {
  const resourceName = namesOf(environment).table(owner);
  const table = stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  const indexes = (tables[owner].definition.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName }) => `${table}/index/${IndexName}`,
  );
  return [
    new PolicyStatement({ sid: 'Table', actions: tableActions, resources: [table] }),
    new PolicyStatement({ sid: 'Indexes', actions: ['dynamodb:Query'], resources: indexes }),
  ];
}

const tableActions = [
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'UpdateItem',
].map((action) => `dynamodb:${action}`);
