import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreError, storeErrorOf } from '../errors/store-error.js';
import { isThrottled } from './retry-on-throttle.js';
import { type Cancellation, currentRequest } from '../telemetry/request-scope.js';

/** Limits of every request to DynamoDB: an attempt that is not answered in time ends, with its connection. */
export const requestLimits = {
  /** Attempts in total, with exponential back-off and jitter between them. */
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/** Starts no attempt for a request whose deadline has passed, or whose caller has left. */
export function checkDeadlines(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => (args) => {
      if (currentRequest()?.cancellation?.isCancelled) throw new StoreError('deadline');
      return next(args);
    },
    // Within the retries of the SDK.
    { step: 'finalizeRequest', name: 'checkDeadline', priority: 'low' },
  );
}

/**
 * Applies the deadline of the current request to a client. A read is aborted; a write that was sent is not, because its
 * result counts. A table that does not answer becomes a `StoreError`; all other errors stay as they are.
 */
export function withDeadlines(documents: DynamoDBDocumentClient): DynamoDBDocumentClient {
  const send = documents.send.bind(documents) as Send;
  const limited: Send = async (command, options) => {
    const isRead = readCommands.test(command.constructor.name);
    const cancellation = currentRequest()?.cancellation;
    try {
      if (!isRead || !cancellation) return await send(command, options);
      return await sendAbortable((abortSignal) => send(command, { ...options, abortSignal }), cancellation);
    } catch (failure) {
      throw toStoreError(failure, isRead, cancellation);
    }
  };
  documents.send = limited as DynamoDBDocumentClient['send'];
  return documents;
}

type Send = (command: object, options?: object) => Promise<unknown>;

const readCommands = /^(Get|BatchGet|TransactGet|Query|Scan|Describe)/;

async function sendAbortable<Result>(
  send: (signal: AbortSignal) => Promise<Result>,
  cancellation: Cancellation,
): Promise<Result> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  cancellation.onCancel(abort);
  try {
    return await send(controller.signal);
  } finally {
    cancellation.offCancel(abort);
  }
}

/** An error of the SDK as a `StoreError`, if the table did not answer or is throttled. */
export function toStoreError(failure: unknown, isRead: boolean, cancellation?: Cancellation): unknown {
  const { name, code, $metadata, $fault } = failure as SdkError;
  const isStarted = ($metadata?.attempts ?? 1) > 1;
  if (storeErrorOf(failure)) return isRead || !isStarted ? failure : new StoreError('unknown', failure);
  if (name === 'AbortError' && cancellation?.isCancelled) return new StoreError('deadline', failure);
  if (code !== undefined && unsentCodes.has(code) && !isStarted) return new StoreError('unavailable', failure);
  // An earlier attempt may have had another outcome.
  if (isThrottled(failure)) return new StoreError(isRead || !isStarted ? 'unavailable' : 'unknown', failure);
  const isSilent = $fault === 'server' || $metadata?.httpStatusCode === undefined;
  if (isSilent && (isNetworkError(failure as SdkError) || $fault === 'server'))
    return new StoreError(isRead ? 'unavailable' : 'unknown', failure);
  return failure;
}

interface SdkError {
  name?: string;
  code?: string;
  $fault?: 'client' | 'server';
  $metadata?: { attempts?: number; httpStatusCode?: number };
}

/** Errors of the first attempt after which nothing was sent. */
const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const networkErrors = new Set([...unsentCodes, 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError', 'NetworkingError']);

function isNetworkError({ name = '', code = '' }: SdkError): boolean {
  return networkErrors.has(name) || networkErrors.has(code);
}
