import { counter, gauge, isMetricsEnabled } from '@marquee/chassis/telemetry/instruments';
import { histogram } from '@marquee/chassis/telemetry/histograms';
import type { SpanTemplate } from '@marquee/chassis/telemetry/tracing';
import { SpanKind } from '@opentelemetry/api';
import type { FailureReason } from './upstream-failure.js';

/** The span template and the duration histograms of requests to one service. */
export interface UpstreamTelemetry {
  spanTemplate: SpanTemplate;
  /** Records the duration and the outcome of one attempt. */
  record(milliseconds: number, outcome: FailureReason | 'ok'): void;
}

const reasons: FailureReason[] = [
  'timeout',
  'connection',
  'status',
  'unauthorized',
  'refused',
  'invalid_response',
  'too_large',
  'queue_full',
  'circuit_open',
  'parked',
  'client_gone',
];

/** Starts all counters at 0, so that the first failure shows as an increase. */
export function createUpstreamTelemetry(name: string, url: URL): UpstreamTelemetry {
  const request = {
    'http.request.method': 'POST',
    'server.address': url.hostname,
    'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  };
  const timings = new Map(
    [...reasons, 'ok'].map((outcome) => {
      const failure = outcome !== 'ok' && { 'error.type': outcome };
      return [outcome, histogram('http.client.request.duration', { ...request, service: name, outcome, ...failure })];
    }),
  );
  startCounters(name);
  return {
    spanTemplate: {
      name: `POST ${name}`,
      kind: SpanKind.CLIENT,
      attributes: {
        ...request,
        'url.full': `${url.origin}${url.pathname}`,
        'marquee.subgraph': name,
      },
    },
    record(milliseconds, outcome) {
      if (isMetricsEnabled()) timings.get(outcome)?.record(milliseconds / 1000);
    },
  };
}

function startCounters(service: string): void {
  for (const reason of reasons)
    if (reason !== 'client_gone') counter('marquee.upstream.failures').add(0, { service, reason });
  for (const reason of ['client_gone', 'deadline']) counter('marquee.upstream.aborted').add(0, { service, reason });
  for (const state of ['open', 'half-open', 'closed']) counter('marquee.breaker.changes').add(0, { service, state });
  counter('marquee.upstream.retries').add(0, { service });
  gauge('marquee.breaker.state').record(0, { service });
}
