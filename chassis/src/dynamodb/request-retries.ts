import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { RetryErrorType, RetryStrategyV2, RetryToken } from '@smithy/types';
import { storeErrorOf } from '../errors/store-error.js';
import type { Cancellation } from '../telemetry/request-scope.js';
import { checksumError } from './dynamo-error.js';

/** The retries of one call, as the strategy of the AWS SDK allows them: with back-off, jitter and a budget. */
export class RequestRetries {
  /** Attempts so far, including the current one. */
  attempts = 1;

  private constructor(
    private readonly strategy: RetryStrategyV2,
    private token: RetryToken,
  ) {}

  static async start(strategy: RetryStrategyV2): Promise<RequestRetries> {
    return new RequestRetries(strategy, await strategy.acquireInitialRetryToken(''));
  }

  /** Refills the budget. */
  succeeded(): void {
    this.strategy.recordSuccess(this.token);
  }

  /** Waits until the next attempt is due, at most until the cancellation. Returns false without a further attempt. */
  async next(failure: unknown, cancellation: Cancellation | undefined): Promise<boolean> {
    if (storeErrorOf(failure)) return false;
    const isDue = await untilCancelled(this.#refresh(failure as ClassifiedError), cancellation);
    if (isDue) this.attempts += 1;
    return isDue;
  }

  async #refresh(error: ClassifiedError): Promise<boolean> {
    try {
      this.token = await this.strategy.refreshRetryTokenForRetry(this.token, { error, errorType: errorTypeOf(error) });
      return true;
    } catch {
      return false;
    }
  }
}

/** An error as the SDK classifies it. */
type ClassifiedError = Parameters<typeof isThrottlingError>[0];

function errorTypeOf(error: ClassifiedError): RetryErrorType {
  if (isThrottlingError(error)) return 'THROTTLING';
  if (isTransientError(error) || error.name === checksumError || isConnectionError(error)) return 'TRANSIENT';
  return isServerError(error) ? 'SERVER_ERROR' : 'CLIENT_ERROR';
}

/** Errors of undici for connections that could not be opened in time, or were closed. */
function isConnectionError(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_SOCKET';
}

/** Resolves early, to true, when the caller no longer waits. */
function untilCancelled(work: Promise<boolean>, cancellation: Cancellation | undefined): Promise<boolean> {
  if (!cancellation) return work;
  return new Promise((resolve) => {
    const end = () => resolve(true);
    cancellation.onCancel(end);
    void work.then((result) => {
      cancellation.offCancel(end);
      resolve(result);
    });
  });
}
