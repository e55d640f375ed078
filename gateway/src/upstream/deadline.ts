import type { Cancellation } from '@marquee/chassis/telemetry/request-scope';

/** Why a call was aborted before its response arrived: its time was up, or its client disconnected. */
export type AbortReason = 'timeout' | 'client_gone';

/** The time budget of one call, including all its attempts. It has one listener at a time: the step in progress. */
export class Deadline {
  readonly #at: number;
  readonly #timer: NodeJS.Timeout;
  readonly #onClientGone = (): void => this.#abort('client_gone');
  #reason: AbortReason | undefined;
  #listener: ((reason: AbortReason) => void) | undefined;

  /** @param cancellation signals that the client no longer needs the response */
  constructor(
    milliseconds: number,
    private readonly cancellation?: Cancellation,
  ) {
    this.#at = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#abort('timeout'), milliseconds);
    cancellation?.onCancel(this.#onClientGone);
  }

  remainingMs(): number {
    return this.#at - performance.now();
  }

  /** Sets the listener, replacing the previous one. It is called immediately if the call is already aborted. */
  onAbort(listener: (reason: AbortReason) => void): void {
    this.#listener = listener;
    if (this.#reason) listener(this.#reason);
  }

  /** Ends the call: from here on nothing aborts it. */
  close(): void {
    clearTimeout(this.#timer);
    this.cancellation?.offCancel(this.#onClientGone);
    this.#listener = undefined;
  }

  #abort(reason: AbortReason): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#listener?.(reason);
  }
}
