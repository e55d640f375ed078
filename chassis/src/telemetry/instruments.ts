import { type Attributes, type Counter, type Gauge, metrics } from '@opentelemetry/api';
import { resetHistograms } from './histograms.js';

const counters = new Map<string, Counter>();
const gauges = new Map<string, Gauge>();
const families = new Map<string, Family>();

let measuring = false;

/** Whether metrics go anywhere: what only metrics need is not worked out otherwise. */
export function isMetricsEnabled(): boolean {
  return measuring;
}

/** From now on instruments are those of the meter provider that is registered; before and after they do nothing. */
export function setMetricsEnabled(on: boolean): void {
  measuring = on;
  for (const known of [counters, gauges]) known.clear();
  resetHistograms();
  for (const [name, family] of families) if (on) observe(name, family);
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

/** A number that is added to where it costs nothing more: it is read when metrics are collected. */
export interface ObservedValue {
  value: number;
}

export interface ObservedValueOptions {
  /** What goes up and down, as what is open now. */
  kind?: 'counter' | 'gauge';
  unit?: string;
}

/** The reading of this name with these attributes, of which there must be few; the same for who asks again. */
export function observedValue(
  name: string,
  attributes: Attributes = {},
  { kind = 'counter', unit = '' }: ObservedValueOptions = {},
): ObservedValue {
  const family = families.get(name) ?? openFamily(name, { kind, unit, members: new Map() });
  const key = JSON.stringify(attributes);
  const member = family.members.get(key) ?? { attributes, value: 0 };
  family.members.set(key, member);
  return member;
}

interface Family {
  kind: 'counter' | 'gauge';
  unit: string;
  members: Map<string, ObservedValue & { attributes: Attributes }>;
}

function openFamily(name: string, family: Family): Family {
  families.set(name, family);
  if (measuring) observe(name, family);
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
