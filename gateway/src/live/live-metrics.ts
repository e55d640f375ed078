import { isMeasuring, reading, type Reading } from '@marquee/chassis/telemetry/instruments';
import { timing } from '@marquee/chassis/telemetry/timings';

/** What is counted of all subscriptions to one field; that nothing went wrong is worth seeing, so all stand from the first. */
export interface LiveMetrics {
  /** Subscriptions of clients that are open now. */
  open: Reading;
  /** Events that came. */
  events: Reading;
  /** Events that clients were handed. */
  deliveries: Reading;
  /** Clients that came back with a cursor. */
  clientResumes: Reading;
  /** Streams that went on from a cursor after an interruption. */
  streamResumes: Reading;
  /** Results that said that events may be missing before them. */
  gaps: Reading;
  slowConsumers: Reading;
  /** @param milliseconds that an event has waited for a client, and for what other services add to it */
  lag(milliseconds: number): void;
}

const known = new Map<string, LiveMetrics>();

/** @param field as the schema names it, so that there are few */
export function liveMetricsOf(field: string): LiveMetrics {
  const measures = known.get(field) ?? createLiveMetrics(field);
  known.set(field, measures);
  return measures;
}

/** Streams to a service that are open now. */
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
    slowConsumers: reading('marquee.live.slow_consumers', attributes),
    lag(milliseconds) {
      if (isMeasuring()) lag.record(milliseconds / 1000);
    },
  };
}
