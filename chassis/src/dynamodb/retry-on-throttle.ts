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
      if (!throttlingErrors.has((failure as Error).name)) throw failure;
      if (attempt === maxAttempts) throw new StoreError('unavailable', failure);
      await waitForBackoff(attempt, throttleBackoff);
    }
  }
}
