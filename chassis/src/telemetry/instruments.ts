import { type Counter, type Gauge, type Histogram, metrics } from '@opentelemetry/api';

const histograms = new Map<string, Histogram>();
const counters = new Map<string, Counter>();
const gauges = new Map<string, Gauge>();

/**
 * The histogram of this name, in seconds; made at its first use, when telemetry is open.
 * Names are those of the OpenTelemetry semantic conventions.
 */
export function durations(name: string): Histogram {
  const known = histograms.get(name);
  if (known) return known;
  const fresh = metrics.getMeter('marquee').createHistogram(name, { unit: 's' });
  histograms.set(name, fresh);
  return fresh;
}

/** The counter of this name; made at its first use, when telemetry is open. */
export function counter(name: string): Counter {
  const known = counters.get(name);
  if (known) return known;
  const fresh = metrics.getMeter('marquee').createCounter(name);
  counters.set(name, fresh);
  return fresh;
}

/** The gauge of this name, which shows what was recorded last; made at its first use, when telemetry is open. */
export function gauge(name: string): Gauge {
  const known = gauges.get(name);
  if (known) return known;
  const fresh = metrics.getMeter('marquee').createGauge(name);
  gauges.set(name, fresh);
  return fresh;
}
