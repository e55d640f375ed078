import type { Attributes } from '@opentelemetry/api';

/**
 * How long things of one kind took. It is counted here, and read when metrics are collected: OpenTelemetry's own
 * histogram works out anew for every value which attributes it has, and that costs more than all else that is counted.
 */
export class Timing {
  /** How many were at most as long as each of the bounds, and longer than the one before; the last have no bound. */
  readonly counts: number[] = Array.from({ length: bounds.length + 1 }, () => 0);
  count = 0;
  /** Seconds, as are the next two. */
  sum = 0;
  min = Infinity;
  max = -Infinity;

  constructor(readonly attributes: Attributes) {}

  record(seconds: number): void {
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket += 1;
    (this.counts[bucket] as number) += 1;
    this.count += 1;
    this.sum += seconds;
    if (seconds < this.min) this.min = seconds;
    if (seconds > this.max) this.max = seconds;
  }

  forget(): void {
    this.counts.fill(0);
    [this.count, this.sum, this.min, this.max] = [0, 0, Infinity, -Infinity];
  }
}

/** Upper ends of what durations are sorted into, in seconds: from a look into a cache to a request that is given up. */
export const bounds: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const families = new Map<string, Map<string, Timing>>();

/**
 * The timing of this name with these attributes, of which there must be few; the same for who asks again.
 * Names are those of the OpenTelemetry semantic conventions.
 */
export function timing(name: string, attributes: Attributes): Timing {
  const family = families.get(name) ?? new Map<string, Timing>();
  families.set(name, family);
  const key = JSON.stringify(attributes);
  const known = family.get(key) ?? new Timing(attributes);
  family.set(key, known);
  return known;
}

/** What was recorded, by name. */
export function recordedTimings(): { name: string; timings: Timing[] }[] {
  return [...families]
    .map(([name, family]) => ({ name, timings: [...family.values()].filter(({ count }) => count > 0) }))
    .filter(({ timings }) => timings.length > 0);
}

/** Begins anew. */
export function forgetTimings(): void {
  for (const family of families.values()) for (const one of family.values()) one.forget();
}
