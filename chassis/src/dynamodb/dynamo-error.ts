import { crc32 } from 'node:zlib';
import type { Attributes } from './attribute-values.js';
import { decodeFields } from './operation-codec.js';
import type { HttpAnswer } from './http-exchange.js';

/** The metadata of a failed request, in the form of the AWS SDK. */
export interface ResponseMetadata {
  httpStatusCode: number;
  requestId?: string | undefined;
  /** Requests that were sent in total. */
  attempts?: number;
  /** The clock of this machine was wrong; it has been corrected, so the request may be repeated. */
  clockSkewCorrected?: boolean;
}

/** Why an item cancelled its transaction; the code is `None` for one that did not. */
export interface CancellationReason {
  Code?: string;
  Message?: string;
  Item?: Record<string, unknown>;
}

/** A request that DynamoDB refused or could not serve. */
export class DynamoError extends Error {
  /** With TransactionCanceledException: one for each write of the transaction, in order. */
  CancellationReasons?: CancellationReason[];
  /** With ConditionalCheckFailedException, if the request asked for it. */
  Item?: Record<string, unknown>;

  /** @param name the error of DynamoDB, such as `ConditionalCheckFailedException` */
  constructor(
    override readonly name: string,
    message: string,
    readonly $metadata: ResponseMetadata,
  ) {
    super(message);
  }

  /** The side that made the mistake. */
  get $fault(): 'client' | 'server' {
    return this.$metadata.httpStatusCode >= 500 ? 'server' : 'client';
  }
}

/** The error that a response contains: one of DynamoDB, or a body that was changed on its way. */
export function errorIn({ status, headers, body }: HttpAnswer): DynamoError | undefined {
  const checksum = headers['x-amz-crc32'];
  const isWhole = checksum === undefined || Number(checksum) === crc32(body);
  if (isWhole && status >= 200 && status < 300) return undefined;
  const metadata = { httpStatusCode: status, requestId: headers['x-amzn-requestid']?.toString() };
  return isWhole ? toError(body, metadata) : new DynamoError(checksumError, 'wrong checksum', metadata);
}

/** The name of the error for a response whose checksum is wrong. */
export const checksumError = 'ChecksumError';

function toError(body: Buffer, metadata: ResponseMetadata): DynamoError {
  const { __type = '', message, Message, CancellationReasons, Item } = parseBody(body);
  // The type follows a namespace: com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException.
  const name = __type.slice(__type.indexOf('#') + 1) || `HTTP ${metadata.httpStatusCode}`;
  const error = new DynamoError(name, message ?? Message ?? name, metadata);
  if (CancellationReasons) error.CancellationReasons = CancellationReasons.map(decodeFields);
  if (Item) Object.assign(error, decodeFields({ Item }));
  return error;
}

interface ErrorBody {
  __type?: string;
  message?: string;
  Message?: string;
  CancellationReasons?: Record<string, unknown>[];
  Item?: Attributes;
}

/** A proxy in between may answer with something else. */
function parseBody(body: Buffer): ErrorBody {
  try {
    return (JSON.parse(body.toString()) ?? {}) as ErrorBody;
  } catch {
    return {};
  }
}
