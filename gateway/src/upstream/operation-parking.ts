import { callerKey } from '@marquee/chassis/identity/caller-key';
import { LRUCache } from 'lru-cache';
import type { OperationContext } from '../engine/operation-context.js';
import { type FailureReason, UpstreamFailure } from './upstream-failure.js';

export interface OperationParkingOptions {
  name: string;
  /** Milliseconds for which an operation is rejected. */
  parkMs: number;
  /** A monotonic clock, in milliseconds. */
  now?: () => number;
}

/** An operation of one caller. */
interface Suspect {
  /** Consecutive failures. */
  failures: number;
  /** Rejected until then. */
  parkedUntil: number;
}

/** An operation of one caller is parked after this number of consecutive failures. */
const maxFailures = 3;

const maxSuspects = 10_000;

/** Failures that an operation may cause. */
const causes: ReadonlySet<FailureReason> = new Set(['timeout', 'status', 'invalid_response', 'too_large']);

/**
 * Parks an operation of one caller that keeps failing: for a while it is rejected at once, so that it takes no slots that
 * others could use. Then one request is admitted, and its result decides. Guests are distinguished by their address.
 */
export class OperationParking {
  /** Whether any operation has failed. If not, nothing needs to be asked or reported, which is the usual case. */
  hasSuspects = false;
  readonly #suspects = new LRUCache<string, Suspect>({ max: maxSuspects });
  readonly #now: () => number;

  constructor(private readonly options: OperationParkingOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws UpstreamFailure (`parked`) */
  check(query: string, context: OperationContext): void {
    const suspect = this.#suspects.get(keyOf(query, context));
    if (!suspect || suspect.failures < maxFailures) return;
    if (this.#now() < suspect.parkedUntil)
      throw new UpstreamFailure(this.options.name, 'parked', 'the operation keeps failing for this caller');
    suspect.parkedUntil = this.#now() + this.options.parkMs;
  }

  /** Reports that an operation succeeded. */
  succeeded(query: string, context: OperationContext): void {
    this.#suspects.delete(keyOf(query, context));
    this.hasSuspects = this.#suspects.size > 0;
  }

  /** Reports that an operation failed. */
  failed(query: string, context: OperationContext, failure: unknown): void {
    if (!(failure instanceof UpstreamFailure) || !causes.has(failure.reason)) return;
    const key = keyOf(query, context);
    const failures = (this.#suspects.get(key)?.failures ?? 0) + 1;
    this.hasSuspects = true;
    this.#suspects.set(key, { failures, parkedUntil: this.#now() + this.options.parkMs });
  }
}

function keyOf(query: string, { caller, origin }: OperationContext): string {
  const address = caller.kind === 'guest' ? (origin?.address ?? '') : '';
  return `${callerKey(caller)} ${address} ${query}`;
}
