import { quantile } from '../measuring/quantile.js';

/** Figures of one second. */
export interface SecondStats {
  responses: number;
  failures: number;
  events: number;
  p50: number;
  p99: number;
}

/** Groups events by the second in which they occur. */
export class PerSecondStats {
  readonly #started = performance.now();
  readonly #latencies: number[][] = [];
  readonly #failures: number[] = [];
  readonly #events: number[] = [];
  /** Failure reasons with their counts. */
  readonly reasons = new Map<string, number>();

  /** @param milliseconds from the due time of the request to its response */
  recordResponse(milliseconds: number): void {
    (this.#latencies[this.#now()] ??= []).push(milliseconds);
  }

  recordFailure(reason: string): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
    this.#failures[this.#now()] = (this.#failures[this.#now()] ?? 0) + 1;
  }

  recordEvents(count: number): void {
    this.#events[this.#now()] = (this.#events[this.#now()] ?? 0) + count;
  }

  get latencies(): number[] {
    return this.#latencies.flat();
  }

  all(): SecondStats[] {
    const count = Math.max(this.#latencies.length, this.#failures.length, this.#events.length);
    return Array.from({ length: count }, (_, second) => {
      const latencies = this.#latencies[second] ?? [];
      return {
        responses: latencies.length,
        failures: this.#failures[second] ?? 0,
        events: this.#events[second] ?? 0,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
      };
    });
  }

  #now(): number {
    return Math.floor((performance.now() - this.#started) / 1000);
  }
}
