/**
 * Limits the cost of the operations that one caller, or one address, has in flight at a time. Whatever a burst of its rate
 * allows, only this much work is ahead of the operations of others. Further operations wait in their order.
 *
 * An operation counts until it has ended, and for a quarter of a second at most: one that waits for a slow service uses
 * no CPU, and must not keep its caller from the rest of the graph.
 */
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { Cancellation } from '@marquee/chassis/telemetry/request-scope';
import { LRUCache } from 'lru-cache';

/** The cost units that one caller, or one address, may have in flight. */
export interface InFlightLimit {
  by: 'address' | 'caller';
  key: string;
  units: number;
}

export interface CostInFlight {
  /**
   * Counts an operation in flight as soon as there is room within each of the limits. One that costs more than a limit
   * needs all of it. An operation that is cancelled meanwhile is not counted.
   * @returns a function that ends the operation, or the limit that had no room in time; nothing is counted then
   */
  enter(
    limits: readonly InFlightLimit[],
    cost: number,
    cancellation?: Cancellation,
  ): Promise<EndOperation | InFlightLimit>;
}

/** Further calls have no effect. */
export type EndOperation = () => void;

export interface CostInFlightOptions {
  /** Milliseconds that an operation may wait for room. */
  maxWaitMs: number;
  /** Milliseconds for which an operation counts at most. Default: 250. */
  maxHoldMs?: number;
}

const defaultHoldMs = 250;

/** Operations that may wait for one caller, or for one address. */
const maxWaiting = 1_000;

/** Callers and addresses that are known. The least recently used is forgotten first, with its operations. */
const maxKeys = 20_000;

export function createCostInFlight({ maxWaitMs, maxHoldMs = defaultHoldMs }: CostInFlightOptions): CostInFlight {
  const accounts = new LRUCache<string, UnitsInFlight>({ max: maxKeys });
  const accountOf = ({ by, key, units }: InFlightLimit): UnitsInFlight =>
    getOrCreate<string, UnitsInFlight>(accounts, `${by} ${key}`, () => new UnitsInFlight(units, maxHoldMs));
  return {
    async enter(limits, cost, cancellation) {
      const request = { cost, waitsUntil: performance.now() + maxWaitMs, cancellation };
      const counted: EndOperation[] = [];
      const end = (): void => counted.forEach((endOne) => endOne());
      for (const limit of limits) {
        const taken = accountOf(limit).take(request);
        if (taken instanceof Promise) delayed[limit.by].value += 1;
        const endOne = await taken;
        if (endOne) counted.push(endOne);
        else {
          end();
          return limit;
        }
      }
      return end;
    },
  };
}

const delayed = {
  address: observedValue('marquee.guard.delayed', { by: 'address' }),
  caller: observedValue('marquee.guard.delayed', { by: 'caller' }),
};

interface Request {
  cost: number;
  /** The end of its patience, on the clock of `performance.now()`. */
  waitsUntil: number;
  cancellation: Cancellation | undefined;
}

interface Waiting extends Request {
  resolve(end: EndOperation | undefined): void;
}

/** The operations of one caller, or of one address. */
class UnitsInFlight {
  /** The oldest first. */
  readonly #counted = new Set<{ units: number; since: number }>();
  readonly #waiting: Waiting[] = [];
  #units = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limit: number,
    private readonly maxHoldMs: number,
  ) {}

  /** Undefined, or a promise of it, if there is no room in time. */
  take(request: Request): EndOperation | Promise<EndOperation | undefined> | undefined {
    if (this.#waiting.length === 0 && this.#hasRoom(request)) return this.#count(request);
    if (this.#waiting.length >= maxWaiting) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push({ ...request, resolve });
      this.#startTimer();
    });
  }

  #hasRoom(request: Request): boolean {
    const before = performance.now() - this.maxHoldMs;
    for (const one of this.#counted) {
      if (one.since > before) break;
      this.#counted.delete(one);
      this.#units -= one.units;
    }
    return this.#units + this.#unitsOf(request) <= this.limit;
  }

  #count(request: Request): EndOperation {
    const one = { units: this.#unitsOf(request), since: performance.now() };
    this.#counted.add(one);
    this.#units += one.units;
    return () => {
      if (!this.#counted.delete(one)) return;
      this.#units -= one.units;
      this.#startWaiting();
    };
  }

  /** A whole number, so that sums are exact. */
  #unitsOf({ cost }: Request): number {
    return Math.min(Math.ceil(cost), this.limit);
  }

  #startWaiting(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const isLate = performance.now() >= next.waitsUntil;
      if (!isLate && !next.cancellation?.isCancelled && !this.#hasRoom(next)) break;
      this.#waiting.shift();
      if (next.cancellation?.isCancelled) next.resolve(() => undefined);
      else next.resolve(isLate ? undefined : this.#count(next));
    }
    this.#startTimer();
  }

  /** While an operation waits, others are counted, of which the oldest is the first to count no longer. */
  #startTimer(): void {
    const [[oldest], [next]] = [this.#counted, this.#waiting];
    if (this.#timer || !oldest || !next) return;
    const due = Math.min(oldest.since + this.maxHoldMs, next.waitsUntil);
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(1, due - performance.now())).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.#startWaiting();
  }
}
