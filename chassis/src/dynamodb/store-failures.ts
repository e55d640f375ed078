import { StoreError, storeErrorOf } from '../errors/store-error.js';
import { isThrottled } from './retry-on-throttle.js';

/** Milliseconds that the server has to accept a connection, and to answer one attempt of a request. */
export const connectTimeoutMs = 1_000;
export const requestTimeoutMs = 3_000;

/** The same for a client of the AWS SDK. */
export const requestLimits = {
  /** Attempts in total, with exponential back-off and jitter between them. */
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
  },
};

/** The request that failed. */
export interface FailedRequest {
  /** It changes nothing. */
  isRead: boolean;
  /** The failure is that of a later attempt; an earlier one may have had another outcome. */
  isRepeated: boolean;
}

/** An error as a `StoreError`, if the table did not answer or is throttled; all other errors stay as they are. */
export function toStoreError(failure: unknown, { isRead, isRepeated }: FailedRequest): unknown {
  if (storeErrorOf(failure)) return isRead || !isRepeated ? failure : new StoreError('unknown', failure);
  const { code, $metadata, $fault } = failure as SdkError;
  if (code !== undefined && unsentCodes.has(code) && !isRepeated) return new StoreError('unavailable', failure);
  if (isThrottled(failure)) return new StoreError(isRead || !isRepeated ? 'unavailable' : 'unknown', failure);
  const isSilent = $fault === 'server' || $metadata?.httpStatusCode === undefined;
  if (isSilent && (isNetworkError(failure as SdkError) || $fault === 'server'))
    return new StoreError(isRead ? 'unavailable' : 'unknown', failure);
  return failure;
}

interface SdkError {
  name?: string;
  code?: string;
  $fault?: 'client' | 'server';
  $metadata?: { httpStatusCode?: number };
}

/** Errors of the first attempt after which nothing was sent. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const networkErrors = new Set([
  ...unsentCodes,
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
  'NetworkingError',
  'UND_ERR_SOCKET',
]);

function isNetworkError({ name = '', code = '' }: SdkError): boolean {
  return networkErrors.has(name) || networkErrors.has(code);
}
