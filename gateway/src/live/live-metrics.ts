import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { isMetricsEnabled, observedValue, type ObservedValue } from '@marquee/chassis/telemetry/instruments';
import { histogram } from '@marquee/chassis/telemetry/histograms';

/** Metrics of all subscriptions to one field. They start at 0, so that the absence of errors is visible. */
export interface LiveMetrics {
  /** Open subscriptions of clients. */
  open: ObservedValue;
  /** Subscriptions of clients that wait for a service which completes their next event. */
  held: ObservedValue;
  /** Events received from subgraphs. */
  events: ObservedValue;
  /** Events delivered to clients. */
  deliveries: ObservedValue;
  /** Subscriptions that clients resumed from a cursor. */
  clientResumes: ObservedValue;
  /** Streams to subgraphs that were resumed from a cursor after an interruption. */
  streamResumes: ObservedValue;
  /** Results sent with `extensions.gap`: events may be missing before them. */
  gaps: ObservedValue;
  /** Subscriptions that ended with SLOW_CONSUMER. */
  slowConsumers: ObservedValue;
  /** Records the delay of an event. @param milliseconds from its arrival to its delivery, including its completion */
  lag(milliseconds: number): void;
}

const metricsByField = new Map<string, LiveMetrics>();

/** @param field the name in the schema, not an alias, so that the number of label values is bounded */
export function liveMetricsOf(field: string): LiveMetrics {
  return getOrCreate(metricsByField, field, createLiveMetrics);
}

/** Open streams to a service. */
export function openStreamCount(service: string): ObservedValue {
  return observedValue('marquee.live.streams', { service }, { kind: 'gauge' });
}

function createLiveMetrics(field: string): LiveMetrics {
  const attributes = { field };
  const lag = histogram('marquee.live.lag', attributes);
  return {
    open: observedValue('marquee.live.subscriptions', attributes, { kind: 'gauge' }),
    held: observedValue('marquee.live.held', attributes, { kind: 'gauge' }),
    events: observedValue('marquee.live.events', attributes),
    deliveries: observedValue('marquee.live.deliveries', attributes),
    clientResumes: observedValue('marquee.live.resumes', { field, by: 'client' }),
    streamResumes: observedValue('marquee.live.resumes', { field, by: 'stream' }),
    gaps: observedValue('marquee.live.gaps', attributes),
    slowConsumers: observedValue('marquee.live.slow_consumers', attributes),
    lag(milliseconds) {
      if (isMetricsEnabled()) lag.record(milliseconds / 1000);
    },
  };
}
