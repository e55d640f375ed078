import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { type Subgraph, subgraphs } from '@marquee/schema/services';
import type { Environment } from '../../environments.js';
import { namesOf, tableNames } from '../../names.js';
import type { PerService } from '../../per-service.js';

/** The definitions with which the services are tested, by service. */
const definitions = new Map(await Promise.all(tableNames.map(loadDefinition)));

export function createTables(stack: Stack, environment: Environment, keys: PerService<IKey>): void {
  for (const subgraph of subgraphs.filter(({ store }) => store === 'dynamodb'))
    createTable(stack, environment, subgraph, keys.get(subgraph.name));
}

function createTable(stack: Stack, environment: Environment, { name, timeToLive }: Subgraph, key: IKey): void {
  const table = new CfnTable(stack, `Table-${name}`, {
    ...camelCased(definitionOf(name)),
    tableName: namesOf(environment).table(name),
    billingMode: 'PAY_PER_REQUEST',
    deletionProtectionEnabled: true,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: key.keyArn },
    ...(timeToLive && { timeToLiveSpecification: { attributeName: timeToLive, enabled: true } }),
  });
  table.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

type TableShape = Pick<
  ConstructorParameters<typeof CfnTable>[2],
  'keySchema' | 'attributeDefinitions' | 'globalSecondaryIndexes'
>;

/** Converts the property names of the AWS SDK to those of CDK. */
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

/**
 * The services that scan their table, once, for the data of earlier builds (departure-backfill.ts). Remove messaging once every
 * environment has logged "the backfill of departures is complete": a service without the right leaves the scan out.
 */
const scanning = new Set(['messaging']);

/**
 * The statements for a service's table and its indexes. They allow no changes of the table itself, and only `scanning` to
 * scan it.
 */
export function tableStatements(stack: Stack, environment: Environment, name: string): PolicyStatement[] {
  const resourceName = namesOf(environment).table(name);
  const table = stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  const indexes = (definitionOf(name).GlobalSecondaryIndexes ?? []).map(
    ({ IndexName }) => `${table}/index/${IndexName}`,
  );
  const actions = scanning.has(name) ? [...tableActions, 'dynamodb:Scan'] : tableActions;
  const statement = new PolicyStatement({ sid: 'Table', actions, resources: [table] });
  if (indexes.length === 0) return [statement];
  return [statement, new PolicyStatement({ sid: 'Indexes', actions: ['dynamodb:Query'], resources: indexes })];
}

async function loadDefinition(service: string): Promise<[service: string, definition: TableDefinition]> {
  const { tableDefinition } = (await import(`@marquee/${service}/table`)) as { tableDefinition: TableDefinition };
  return [service, tableDefinition];
}

function definitionOf(service: string): TableDefinition {
  const definition = definitions.get(service);
  if (definition === undefined) throw new Error(`The service "${service}" has no table.`);
  return definition;
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
