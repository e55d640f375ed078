import { StoreError } from '../errors/store-error.js';
import { type BackoffOptions, waitForBackoff } from '../timing/backoff.js';

/** Attempts in total. The SDK retries each of them a few times before it reports a throttling error. */
const maxAttempts = 6;

/** The back-off of requests that DynamoDB throttles or leaves partly unprocessed. */
export const throttleBackoff: BackoffOptions = { baseMs: 75, maxMs: 2_000 };

const throttlingErrors = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
]);

/** Whether DynamoDB refused a request because the table is busy: an error of the SDK, or the store error of one. */
export function isThrottled(failure: unknown): boolean {
  const { name, cause } = failure as Error;
  return throttlingErrors.has(name) || (cause instanceof Error && throttlingErrors.has(cause.name));
}

/**
 * Sends a DynamoDB request again while the table is throttled, with exponential back-off.
 *
 * @param send sends the request; it must be safe to repeat
 * @throws every other error at once, and StoreError after the sixth attempt
 */
export async function retryOnThrottle<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (failure) {
      if (!isThrottled(failure)) throw failure;
      if (attempt === maxAttempts) throw new StoreError('unavailable', failure);
      await waitForBackoff(attempt, throttleBackoff);
    }
  }
}
