import type { ProcessSettings } from '../config/settings.js';
import { Closers, type Closable } from '../process/closers.js';
import type { Logger } from './log.js';

export interface TelemetryOptions {
  service: { name: string; asyncContext?: boolean };
  settings: Pick<ProcessSettings, TelemetrySetting>;
  log: Logger;
}

type TelemetrySetting =
  'HOST' | 'METRICS_PORT' | 'NODE_ENV' | 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'SENTRY_DSN' | 'SERVICE_VERSION';

/**
 * Starts the telemetry that is configured: traces and metrics over OTLP, metrics for Prometheus, unexpected errors to
 * Sentry. W3C trace context is propagated in any case.
 *
 * @throws the error of the system, such as EADDRINUSE if METRICS_PORT is taken
 */
export async function openTelemetry({ service, settings, log }: TelemetryOptions): Promise<Closable> {
  const { HOST: host, METRICS_PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, SENTRY_DSN: dsn } = settings;
  const { name, asyncContext = true } = service;
  const identity = { service: name, version: settings.SERVICE_VERSION };
  const closers = new Closers();
  // Loaded on demand: unused exporters cost neither start-up time nor memory.
  if (dsn !== undefined) {
    const { openSentry } = await import('./sentry.js');
    closers.add(openSentry(identity, { dsn, environment: settings.NODE_ENV }));
  }
  const prometheus = port === undefined ? undefined : await openPrometheusReader(closers, { host, port, log });
  if (endpoint !== undefined || prometheus) {
    const { openExport } = await import('./otlp-export.js');
    closers.add(openExport(identity, { endpoint, readers: prometheus ? [prometheus.reader] : [], asyncContext }));
  }
  return closers;
}

async function openPrometheusReader(closers: Closers, options: { host: string; port: number; log: Logger }) {
  const { openPrometheus } = await import('./prometheus.js');
  return closers.add(await openPrometheus(options));
}
