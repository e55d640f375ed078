import type { ProcessSettings } from '../config/settings.js';
import { Closers, type Closable } from '../process/closers.js';
import type { Logger } from './log.js';
import type { ProcessIdentity } from './otlp-export.js';

export interface TelemetryOptions {
  service: { name: string; asyncContext?: boolean };
  settings: Pick<ProcessSettings, TelemetrySetting>;
  log: Logger;
}

type TelemetrySetting =
  | 'HOST'
  | 'METRICS_PORT'
  | 'NODE_ENV'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_TRACES_SAMPLER'
  | 'OTEL_TRACES_SAMPLER_ARG'
  | 'SENTRY_DSN'
  | 'SENTRY_PROFILES_SAMPLE_RATE'
  | 'SENTRY_TRACES_SAMPLE_RATE'
  | 'SERVICE_VERSION';

/**
 * Starts the telemetry that is configured: traces and metrics over OTLP, metrics for Prometheus, unexpected errors, traces
 * and profiles to Sentry. W3C trace context is propagated in any case.
 *
 * @throws the error of the system, such as EADDRINUSE if METRICS_PORT is taken
 */
export async function openTelemetry({ service, settings, log }: TelemetryOptions): Promise<Closable> {
  const { HOST: host, METRICS_PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, SENTRY_DSN: dsn } = settings;
  const { name, asyncContext = true } = service;
  const identity = { service: name, version: settings.SERVICE_VERSION };
  const closers = new Closers();
  // Loaded on demand: unused exporters cost neither start-up time nor memory.
  const sentry = dsn === undefined ? undefined : closers.add(await openSentryFrom(identity, dsn, settings));
  const prometheus = port === undefined ? undefined : await openPrometheusReader(closers, { host, port, log });
  if (endpoint !== undefined || prometheus || sentry?.traces) {
    const { openExport } = await import('./otlp-export.js');
    const sampler = { name: settings.OTEL_TRACES_SAMPLER, ratio: settings.OTEL_TRACES_SAMPLER_ARG };
    const readers = prometheus ? [prometheus.reader] : [];
    closers.add(openExport(identity, { endpoint, readers, asyncContext, sampler, recorded: sentry?.traces }));
  }
  return closers;
}

async function openSentryFrom(identity: ProcessIdentity, dsn: string, settings: TelemetryOptions['settings']) {
  const { openSentry } = await import('./sentry.js');
  const shares = {
    tracesShare: settings.SENTRY_TRACES_SAMPLE_RATE,
    profilesShare: settings.SENTRY_PROFILES_SAMPLE_RATE,
  };
  return openSentry(identity, { dsn, environment: settings.NODE_ENV, ...shares });
}

async function openPrometheusReader(closers: Closers, options: { host: string; port: number; log: Logger }) {
  const { openPrometheus } = await import('./prometheus.js');
  return closers.add(await openPrometheus(options));
}
