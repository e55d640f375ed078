/** A response of the store. */
export interface StoreAnswer {
  status: number;
  // Responses have the shape that the test expects.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

const signed =
  'AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=a, Signature=a';

/** Sends one operation in the form of the AWS SDK. */
export async function request(endpoint: string, operation: string, input: object): Promise<StoreAnswer> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: signed,
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json() };
}
