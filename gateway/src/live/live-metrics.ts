import { isMeasuring, reading, type Reading } from '@marquee/chassis/telemetry/instruments';
import { timing } from '@marquee/chassis/telemetry/timings';

/** Metrics of all subscriptions to one field. They start at 0, so that the absence of errors is visible. */
export interface LiveMetrics {
  /** Open subscriptions of clients. */
  open: Reading;
  /** Events received from subgraphs. */
  events: Reading;
  /** Events delivered to clients. */
  deliveries: Reading;
  /** Subscriptions that clients resumed from a cursor. */
  clientResumes: Reading;
  /** Streams to subgraphs that were resumed from a cursor after an interruption. */
  streamResumes: Reading;
  /** Results sent with `extensions.gap`: events may be missing before them. */
  gaps: Reading;
  /** Subscriptions that ended with SLOW_CONSUMER. */
  slowConsumers: Reading;
  /** Records the delay of an event. @param milliseconds from its arrival to its delivery, including its completion */
  lag(milliseconds: number): void;
}

const metricsByField = new Map<string, LiveMetrics>();

/** @param field the name in the schema, not an alias, so that the number of label values is bounded */
export function liveMetricsOf(field: string): LiveMetrics {
  const metrics = metricsByField.get(field) ?? createLiveMetrics(field);
  metricsByField.set(field, metrics);
  return metrics;
}

/** Open streams to a service. */
export function openStreamCount(service: string): Reading {
  return reading('marquee.live.streams', { service }, { kind: 'gauge' });
}

function createLiveMetrics(field: string): LiveMetrics {
  const attributes = { field };
  const lag = timing('marquee.live.lag', attributes);
  return {
    open: reading('marquee.live.subscriptions', attributes, { kind: 'gauge' }),
    events: reading('marquee.live.events', attributes),
    deliveries: reading('marquee.live.deliveries', attributes),
    clientResumes: reading('marquee.live.resumes', { field, by: 'client' }),
    streamResumes: reading('marquee.live.resumes', { field, by: 'stream' }),
    gaps: reading('marquee.live.gaps', attributes),
    /** Subscriptions that ended with SLOW_CONSUMER. */
    slowConsumers: reading('marquee.live.slow_consumers', attributes),
    lag(milliseconds) {
      if (isMeasuring()) lag.record(milliseconds / 1000);
    },
  };
}
