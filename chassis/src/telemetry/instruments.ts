import { type Attributes, type Counter, type Gauge, metrics } from '@opentelemetry/api';
import { getOrCreate } from '../caching/memoize.js';
import { resetHistograms } from './histograms.js';

const counters = new Map<string, Counter>();
const gauges = new Map<string, Gauge>();
const families = new Map<string, Family>();

let isEnabled = false;

/** Whether metrics are exported. Skip work that only metrics need otherwise. */
export function isMetricsEnabled(): boolean {
  return isEnabled;
}

/** Connects all instruments to the registered meter provider, or disconnects them. */
export function setMetricsEnabled(enabled: boolean): void {
  isEnabled = enabled;
  for (const cache of [counters, gauges]) cache.clear();
  resetHistograms();
  for (const [name, family] of families) if (enabled) observe(name, family);
}

/** The counter of this name. Get it for each use, since it changes when metrics are enabled. */
export function counter(name: string): Counter {
  return getOrCreate(counters, name, () => metrics.getMeter('marquee').createCounter(name));
}

/** The gauge of this name, which reports the last recorded value. Get it for each use, like a counter. */
export function gauge(name: string): Gauge {
  return getOrCreate(gauges, name, () => metrics.getMeter('marquee').createGauge(name));
}

/** A number that is updated in place, at no further cost, and read when metrics are collected. */
export interface ObservedValue {
  value: number;
}

export interface ObservedValueOptions {
  /** `gauge` for values that also decrease, such as open connections. Default: `counter`. */
  kind?: 'counter' | 'gauge';
  unit?: string;
}

/** The value with this name and these attributes. Keep the number of attribute combinations small. */
export function observedValue(
  name: string,
  attributes: Attributes = {},
  { kind = 'counter', unit = '' }: ObservedValueOptions = {},
): ObservedValue {
  const family = families.get(name) ?? openFamily(name, { kind, unit, members: new Map() });
  return getOrCreate(family.members, JSON.stringify(attributes), () => ({ attributes, value: 0 }));
}

interface Family {
  kind: 'counter' | 'gauge';
  unit: string;
  members: Map<string, ObservedValue & { attributes: Attributes }>;
}

function openFamily(name: string, family: Family): Family {
  families.set(name, family);
  if (isEnabled) observe(name, family);
  return family;
}

function observe(name: string, { kind, unit, members }: Family): void {
  const meter = metrics.getMeter('marquee');
  const instrument =
    kind === 'gauge' ? meter.createObservableGauge(name, { unit }) : meter.createObservableCounter(name, { unit });
  instrument.addCallback((result) => {
    for (const { value, attributes } of members.values()) result.observe(value, attributes);
  });
}
