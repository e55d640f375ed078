import { eventIncomplete, upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { ExecutionResult } from 'graphql';
import type { PlannedSubscription } from './planned-subscription.js';
import type { EndReason } from './subscriber.js';

/**
 * Rejects events that the service which publishes them could not resolve, for instance because its store failed after it
 * had read the change. Completing them again cannot help: the stream resumes from the event before.
 */
export class UnresolvedEvents {
  /** When the service first failed to resolve the next event, in milliseconds of `performance.now()`. */
  #since: number | undefined;

  /** @param patienceMs milliseconds for which a stream waits for such an event */
  constructor(private readonly patienceMs: number) {}

  /**
   * Accepts an event of a stream without cursors, and of one whose clients want events at once, in any case.
   * @param end called with the error that ends the stream before the event, once it has waited for too long
   * @throws UPSTREAM_UNAVAILABLE if the stream has to resume before the event
   */
  check(
    event: ExecutionResult,
    { isResumable, acceptsIncomplete, primary: { serviceName } }: PlannedSubscription,
    end: (reason: EndReason) => void,
  ): void {
    if (!isResumable || acceptsIncomplete || !event.errors?.some(isUnavailable)) {
      this.#since = undefined;
      return;
    }
    const now = performance.now();
    this.#since ??= now;
    if (now - this.#since >= this.patienceMs) end((cursor) => eventIncomplete(serviceName, cursor));
    throw upstreamUnavailable(serviceName);
  }
}

/** Errors of a service arrive as JSON, and services other than ours may send no extensions. */
function isUnavailable({ extensions }: { extensions?: Record<string, unknown> }): boolean {
  return extensions?.['code'] === 'UPSTREAM_UNAVAILABLE';
}
