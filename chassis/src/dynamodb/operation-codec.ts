import { randomUUID } from 'node:crypto';
import { type Attributes, fromAttributes, toAttributes } from './attribute-values.js';

/** The operations of DynamoDB's data plane that services use. */
export type DynamoOperation =
  'GetItem' | 'BatchGetItem' | 'Query' | 'Scan' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'TransactWriteItems';

const reads: ReadonlySet<DynamoOperation> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** Whether an operation changes nothing, so that its result may be given up. */
export function isRead(operation: DynamoOperation): boolean {
  return reads.has(operation);
}

/** The JSON of a request, from an input with plain values. @throws TypeError for a value that cannot be stored */
export function encodeRequest(operation: DynamoOperation, input: object): string {
  const encode = encoders[operation] ?? encodeFields;
  return JSON.stringify(encode(input as Fields));
}

/** The output of an operation with plain values, from the JSON of its response. */
export function decodeResponse(operation: DynamoOperation, text: string): Fields {
  const response = JSON.parse(text) as Fields;
  return operation === 'BatchGetItem' ? decodeBatch(response) : decodeFields(response);
}

/** Converts the fields of a response, or of an error, that contain items. */
export function decodeFields(response: Fields): Fields {
  for (const field of itemFields)
    if (response[field] !== undefined) response[field] = fromAttributes(response[field] as Attributes);
  if (response['Items'] !== undefined) response['Items'] = (response['Items'] as Attributes[]).map(fromAttributes);
  return response;
}

type Fields = Record<string, unknown>;

/** Fields of responses and errors that contain an item, or a part of one. */
const itemFields = ['Item', 'Attributes', 'LastEvaluatedKey'];

/** Fields of requests that contain an item, or a part of one. */
const requestFields = ['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'];

const encoders: Partial<Record<DynamoOperation, (input: Fields) => Fields>> = {
  BatchGetItem: ({ RequestItems, ...input }) => ({
    ...input,
    RequestItems: mapValues(RequestItems as Record<string, KeysOfTable>, ({ Keys, ...request }) => ({
      ...request,
      Keys: Keys.map(toAttributes),
    })),
  }),
  // The token makes a retry harmless whose first attempt was stored although its response was lost.
  TransactWriteItems: ({ TransactItems, ...input }) => ({
    ClientRequestToken: randomUUID(),
    ...input,
    TransactItems: (TransactItems as Record<string, Fields>[]).map((write) => mapValues(write, encodeFields)),
  }),
};

interface KeysOfTable {
  Keys: object[];
}

function encodeFields(input: Fields): Fields {
  const request = { ...input };
  for (const field of requestFields)
    if (request[field] !== undefined) request[field] = toAttributes(request[field] as object);
  return request;
}

function decodeBatch({ Responses, UnprocessedKeys, ...response }: Fields): Fields {
  return {
    ...response,
    ...(Responses !== undefined && {
      Responses: mapValues(Responses as Record<string, Attributes[]>, (items) => items.map(fromAttributes)),
    }),
    ...(UnprocessedKeys !== undefined && {
      UnprocessedKeys: mapValues(UnprocessedKeys as Record<string, { Keys: Attributes[] }>, ({ Keys, ...request }) => ({
        ...request,
        Keys: Keys.map(fromAttributes),
      })),
    }),
  };
}

function mapValues<From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
