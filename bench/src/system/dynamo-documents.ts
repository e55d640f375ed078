import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SystemUnderTest } from './system-under-test.js';

/** A client of the DynamoDB emulator, for items that are written beside the services. */
export function openDocuments({ dynamodbEndpoint }: Pick<SystemUnderTest, 'dynamodbEndpoint'>): {
  documents: DynamoDBDocumentClient;
  close(): void;
} {
  const dynamo = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: dynamodbEndpoint,
    credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
  });
  const documents = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });
  return { documents, close: () => dynamo.destroy() };
}
