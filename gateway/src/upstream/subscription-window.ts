import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { Closable } from '@marquee/chassis/process/closers';
import { observedValue, type ObservedValue } from '@marquee/chassis/telemetry/instruments';
import { backoffDelay } from '@marquee/chassis/timing/backoff';
import { onAbort } from '@marquee/chassis/timing/on-abort';
import { WindowSize } from './window-size.js';

export interface SubscriptionWindowOptions {
  /** The name of the service. */
  name: string;
  /** Milliseconds after which a subscription that is not acknowledged no longer takes a slot. */
  acknowledgeTimeoutMs: number;
}

/** A subscription that may be sent. Only the first call of `acknowledge` and `release` has an effect. */
export interface SubscriptionSlot {
  /** @param sentAt when the subscription could first be sent, in milliseconds of `performance.now()` */
  acknowledge(sentAt: number): void;
  /** The connection was lost, or could not be opened. Also called after the acknowledgement. */
  lose(): void;
  /** Gives the slot back if the subscription was neither acknowledged nor lost. */
  release(): void;
}

export interface AcquireOptions {
  /** Ends the wait. */
  signal: AbortSignal;
  /** Whether it waits for as long as the service is down. Others are rejected when the service cannot be reached. */
  isPatient(): boolean;
}

/** Back-off between attempts to reach a service that is down. One subscription at a time makes the attempt. */
const backoff = { baseMs: 100, maxMs: 1_000 };

/**
 * Admits subscriptions to one service gradually. After a restart thousands of streams have to subscribe again: sent all
 * at once, they would keep the service busy until it seems dead, and the streams would be given up and sent again. Only a
 * window of subscriptions is outstanding, which adapts to how fast the service acknowledges them (`WindowSize`).
 */
export class SubscriptionWindow implements Closable {
  readonly #size = new WindowSize();
  readonly #waiting = new Set<Waiter>();
  readonly #waitingCount: ObservedValue;
  #outstanding = 0;
  /** Consecutive failures to reach the service. */
  #failures = 0;
  #failedAt = -Infinity;
  #pause: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly options: SubscriptionWindowOptions) {
    this.#waitingCount = observedValue('marquee.live.waiting', { service: options.name }, { kind: 'gauge' });
  }

  /**
   * Waits for a slot, in the order of the calls.
   * @returns undefined once the signal has aborted
   * @throws UPSTREAM_UNAVAILABLE if the service cannot be reached, and after `close`
   */
  acquire({ signal, isPatient }: AcquireOptions): Promise<SubscriptionSlot | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(upstreamUnavailable(this.options.name));
      const waiter: Waiter = { resolve, reject, isPatient };
      this.#waiting.add(waiter);
      this.#waitingCount.value += 1;
      onAbort(signal, () => {
        if (this.#remove(waiter)) resolve(undefined);
      });
      this.#admit();
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    this.#rejectWaiting(() => true);
  }

  get #limit(): number {
    return this.#failures > 0 ? 1 : this.#size.value;
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#pause || this.#outstanding >= this.#limit) return;
      this.#remove(waiter);
      waiter.resolve(this.#open());
    }
  }

  /** Returns whether it was waiting. */
  #remove(waiter: Waiter): boolean {
    const isWaiting = this.#waiting.delete(waiter);
    if (isWaiting) this.#waitingCount.value -= 1;
    return isWaiting;
  }

  #open(): SubscriptionSlot {
    const openedAt = performance.now();
    let isOutstanding = true;
    const settle = (adapt: () => void): void => {
      if (!isOutstanding) return;
      isOutstanding = false;
      clearTimeout(timer);
      this.#outstanding -= 1;
      adapt();
      this.#admit();
    };
    this.#outstanding += 1;
    const timeOut = () => settle(() => this.#size.shrink(openedAt));
    const timer = setTimeout(timeOut, this.options.acknowledgeTimeoutMs).unref();
    return {
      acknowledge: (sentAt) => settle(() => this.#onAcknowledged(openedAt, Math.max(openedAt, sentAt))),
      lose: () => (isOutstanding ? settle(() => this.#onFailed(openedAt)) : this.#size.restart()),
      release: () => settle(() => undefined),
    };
  }

  #onAcknowledged(openedAt: number, sentAt: number): void {
    if (this.#failures > 0) {
      this.#failures = 0;
      this.#size.restart();
    } else if (this.#waiting.size > 0) this.#size.onAcknowledged(openedAt, performance.now() - sentAt);
  }

  /** Subscriptions of one connection fail together and count once. */
  #onFailed(openedAt: number): void {
    if (openedAt <= this.#failedAt || this.#isClosed) return;
    this.#failedAt = performance.now();
    this.#failures += 1;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        this.#admit();
      },
      backoffDelay(this.#failures, backoff),
    ).unref();
    this.#rejectWaiting(({ isPatient }) => !isPatient());
  }

  #rejectWaiting(condition: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#waiting)
      if (condition(waiter) && this.#remove(waiter)) waiter.reject(upstreamUnavailable(this.options.name));
  }
}

interface Waiter {
  resolve(slot: SubscriptionSlot | undefined): void;
  reject(failure: Error): void;
  isPatient(): boolean;
}
