import type { Attributes } from '@opentelemetry/api';
import { getOrCreate } from '../caching/memoize.js';

/**
 * A histogram of durations in seconds with fixed bucket bounds. Values are counted here and read when metrics are
 * collected: OpenTelemetry's own histogram resolves the attributes again for every recorded value, which costs more than
 * all other metrics of a request together.
 */
export class Histogram {
  /** Values per bucket: above the previous bound and up to this one; the last bucket is unbounded. */
  readonly counts: number[] = Array.from({ length: bucketBounds.length + 1 }, () => 0);
  count = 0;
  /** In seconds, like `min` and `max`. */
  sum = 0;
  min = Infinity;
  max = -Infinity;

  constructor(readonly attributes: Attributes) {}

  record(seconds: number): void {
    let bucket = 0;
    while (bucket < bucketBounds.length && seconds > (bucketBounds[bucket] as number)) bucket += 1;
    (this.counts[bucket] as number) += 1;
    this.count += 1;
    this.sum += seconds;
    if (seconds < this.min) this.min = seconds;
    if (seconds > this.max) this.max = seconds;
  }

  reset(): void {
    this.counts.fill(0);
    [this.count, this.sum, this.min, this.max] = [0, 0, Infinity, -Infinity];
  }
}

/** Upper bucket bounds in seconds: from a cache hit to a request that times out. */
export const bucketBounds: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const families = new Map<string, Map<string, Histogram>>();

/**
 * The histogram with this name and these attributes, created on first use. Keep the number of attribute combinations
 * small: each is a time series for as long as the process lives.
 *
 * @param name as in the OpenTelemetry semantic conventions
 */
export function histogram(name: string, attributes: Attributes): Histogram {
  const family = getOrCreate(families, name, () => new Map<string, Histogram>());
  return getOrCreate(family, JSON.stringify(attributes), () => new Histogram(attributes));
}

/** All histograms that have recorded values, by name. */
export function recordedHistograms(): { name: string; histograms: Histogram[] }[] {
  return [...families]
    .map(([name, family]) => ({ name, histograms: [...family.values()].filter(({ count }) => count > 0) }))
    .filter(({ histograms }) => histograms.length > 0);
}

/** Sets all histograms back to zero. */
export function resetHistograms(): void {
  for (const family of families.values()) for (const one of family.values()) one.reset();
}
