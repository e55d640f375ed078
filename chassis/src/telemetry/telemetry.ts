import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { metrics } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Closable } from '../process/closers.js';

/**
 * Starts OpenTelemetry for this process. W3C trace context is always taken over and passed on;
 * traces and metrics are exported when an OTLP endpoint (http) is given.
 */
export function openTelemetry(service: string, version: string, endpoint: string | undefined): Closable {
  const resource = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  if (endpoint === undefined) {
    const silent = new NodeTracerProvider({ resource, sampler: new AlwaysOffSampler() });
    silent.register();
    return { close: () => silent.shutdown() };
  }
  const base = endpoint.replace(/\/$/, '');
  const spans = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }));
  const tracing = new NodeTracerProvider({ resource, spanProcessors: [spans] });
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics` }) });
  const measuring = new MeterProvider({ resource, readers: [reader] });
  tracing.register();
  metrics.setGlobalMeterProvider(measuring);
  return { close: () => Promise.all([tracing.shutdown(), measuring.shutdown()]).then(() => undefined) };
}
