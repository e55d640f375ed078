import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { awsSettings, flag, subgraphSettings } from '../config/settings.js';
import { recordStoreRequest } from '../telemetry/store-requests.js';

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
    .describe('Creates the table if it is missing. In the cloud the deployment creates it.'),
});

export type DynamoSettings = z.output<typeof dynamoSettings>;

/** An open table. */
export interface Dynamo {
  documents: DynamoDBDocumentClient;
  table: string;
  /** @throws the SDK's error if the table is missing or does not respond */
  check(): Promise<void>;
  close(): void;
}

/** The keys and indexes of a table. */
export type TableDefinition = Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'>;

/**
 * Opens the service's table. With CREATE_TABLE it is created if it is missing, by one of the replicas that start together.
 * @throws the SDK's error if the table is missing or unreachable
 */
export async function openDynamo(settings: DynamoSettings, definition: TableDefinition): Promise<Dynamo> {
  const client = new DynamoDBClient({
    region: settings.AWS_REGION,
    maxAttempts: 5,
    ...(settings.DYNAMODB_ENDPOINT && { endpoint: settings.DYNAMODB_ENDPOINT, credentials: emulatorCredentials }),
  });
  recordRequests(client);
  const table = settings.TABLE_NAME;
  if (settings.CREATE_TABLE) await ensureTable(client, table, definition);
  const check = async () => void (await client.send(new DescribeTableCommand({ TableName: table })));
  await check();
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { documents, table, check, close: () => client.destroy() };
}

/** The SDK requires credentials, which an emulator does not verify. */
const emulatorCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' };

async function ensureTable(client: DynamoDBClient, TableName: string, definition: TableDefinition): Promise<void> {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
  } catch (failure) {
    if (!(failure instanceof ResourceNotFoundException)) throw failure;
    await client
      .send(new CreateTableCommand({ ...definition, TableName, BillingMode: 'PAY_PER_REQUEST' }))
      .catch((raced: Error) => {
        if (raced.name !== 'ResourceInUseException') throw raced;
      });
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05 }, { TableName });
  }
}

/** Records every request as a store request; retries of the SDK are part of it. */
function recordRequests(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const started = performance.now();
        const { TableName, IndexName } = args.input as { TableName?: string; IndexName?: string };
        const statement = [commandName?.replace(/Command$/, ''), TableName, IndexName].filter(Boolean).join(' ');
        const record = (failed: boolean) =>
          recordStoreRequest({ store: 'dynamodb', statement, milliseconds: performance.now() - started, failed });
        try {
          const result = await next(args);
          record(false);
          return result;
        } catch (failure) {
          record(true);
          throw failure;
        }
      },
    { step: 'initialize', name: 'recordRequests', priority: 'high' },
  );
}
