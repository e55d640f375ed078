/** A request that is answered with an error of DynamoDB's. */
export interface Refusal extends Error {
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

export function refusal(name: keyof typeof namespaces, message: string, more: object = {}): Refusal {
  const body = { __type: `${namespaces[name]}#${name}`, message, ...more };
  return Object.assign(new Error(message), { statusCode: 400, body });
}

export function isRefusal(failure: unknown): failure is Refusal {
  return failure instanceof Error && 'statusCode' in failure && 'body' in failure;
}

/** Its name without the namespace. */
export function nameOf({ body }: Refusal): string {
  return body.__type.split('#').at(-1) ?? '';
}
