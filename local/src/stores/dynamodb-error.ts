/** An error response of DynamoDB. */
export interface DynamodbError extends Error {
  statusCode: number;
  body: { __type: string; message: string; CancellationReasons?: object[] };
}

const namespaces = {
  ValidationException: 'com.amazon.coral.validate',
  SerializationException: 'com.amazon.coral.service',
  UnknownOperationException: 'com.amazon.coral.service',
  TransactionCanceledException: 'com.amazonaws.dynamodb.v20120810',
  IdempotentParameterMismatchException: 'com.amazonaws.dynamodb.v20120810',
};

export function dynamodbError(name: keyof typeof namespaces, message: string, more: object = {}): DynamodbError {
  const body = { __type: `${namespaces[name]}#${name}`, message, ...more };
  return Object.assign(new Error(message), { statusCode: 400, body });
}

export function isDynamodbError(failure: unknown): failure is DynamodbError {
  return failure instanceof Error && 'statusCode' in failure && 'body' in failure;
}

/** The name of the error without its namespace. */
export function errorName({ body }: DynamodbError): string {
  return body.__type.split('#').at(-1) ?? '';
}
