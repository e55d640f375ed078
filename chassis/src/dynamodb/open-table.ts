import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { awsSettings, flag, subgraphSettings } from '../config/settings.js';
import { type DocumentClient, openDocumentClient } from './document-client.js';
import { requestLimits, toStoreError } from './store-failures.js';

/** The environment variables of a service with a DynamoDB table. The AWS SDK reads its credentials itself. */
export const dynamoSettings = subgraphSettings.extend({
  ...awsSettings,
  TABLE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{3,255}$/, 'expected a DynamoDB table name')
    .describe("The service's own DynamoDB table."),
  DYNAMODB_ENDPOINT: z
    .url()
    .optional()
    .describe("Endpoint of a DynamoDB emulator. Without it the region's own endpoint is used."),
  CREATE_TABLE: flag
    .default(false)
    .describe('Creates the table and its indexes if they are missing. In the cloud the deployment creates them.'),
});

/** The variables that locate the table: all that a program without a server needs. */
export const tableSettings = dynamoSettings.pick({
  AWS_REGION: true,
  TABLE_NAME: true,
  DYNAMODB_ENDPOINT: true,
  CREATE_TABLE: true,
});

/** An open table. */
export interface Dynamo {
  documents: DocumentClient;
  table: string;
  /** @throws StoreError if the table does not respond; the SDK's error if it is missing */
  check(): Promise<void>;
  close(): void;
}

/** The keys and indexes of a table. */
export type TableDefinition = Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'>;

/**
 * Opens the service's table. With CREATE_TABLE it and its indexes are created if they are missing, by one of the replicas
 * that start together.
 * @throws the SDK's error if the table is missing or unreachable
 */
export async function openDynamo(
  settings: z.output<typeof tableSettings>,
  definition: TableDefinition,
): Promise<Dynamo> {
  const client = new DynamoDBClient({
    region: settings.AWS_REGION,
    ...requestLimits,
    ...(settings.DYNAMODB_ENDPOINT && { endpoint: settings.DYNAMODB_ENDPOINT, credentials: emulatorCredentials }),
  });
  const table = settings.TABLE_NAME;
  if (settings.CREATE_TABLE) await ensureTable(client, table, definition);
  await checkTable(client, table);
  const documents = await openDocumentClient(client);
  const check = () => checkTable(client, table).catch((failure: unknown) => Promise.reject(toCheckError(failure)));
  return { documents, table, check, close: () => (documents.close(), client.destroy()) };
}

/** States of a table in which it accepts writes. */
const writableStates: ReadonlySet<string | undefined> = new Set(['ACTIVE', 'UPDATING']);

async function checkTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  if (!writableStates.has(Table?.TableStatus)) throw new Error(`the table "${TableName}" is ${Table?.TableStatus}`);
}

function toCheckError(failure: unknown): Error {
  return toStoreError(failure, { isRead: true, isRepeated: false }) as Error;
}

/** The SDK requires credentials, which an emulator does not verify. */
const emulatorCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };

async function ensureTable(client: DynamoDBClient, TableName: string, definition: TableDefinition): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName })).catch((failure: unknown) => {
    if (failure instanceof ResourceNotFoundException) return { Table: undefined };
    throw failure;
  });
  if (!Table) await createTable(client, TableName, definition);
  // Another replica may have created the table a moment ago: it exists before it accepts writes.
  if (!writableStates.has(Table?.TableStatus))
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05 }, { TableName });
  if (Table) await createMissingIndexes(client, Table, definition);
}

/** Creates the indexes that an earlier build did not have, in one request each, as DynamoDB requires. */
async function createMissingIndexes(
  client: DynamoDBClient,
  { TableName, GlobalSecondaryIndexes = [] }: TableDescription,
  definition: TableDefinition,
): Promise<void> {
  const existing = new Set(GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  const missing = definition.GlobalSecondaryIndexes?.filter(({ IndexName }) => !existing.has(IndexName)) ?? [];
  for (const index of missing) {
    const { AttributeDefinitions } = definition;
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    const update = new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates });
    await client.send(update).catch(async (failure: unknown) => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      if (!Table?.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === index.IndexName)) throw failure;
    });
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05 }, { TableName });
  }
}

async function createTable(client: DynamoDBClient, TableName: string, definition: TableDefinition): Promise<void> {
  const create = new CreateTableCommand({ ...definition, TableName, BillingMode: 'PAY_PER_REQUEST' });
  await client.send(create).catch((raced: Error) => {
    if (raced.name !== 'ResourceInUseException') throw raced;
  });
}
