import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { metrics } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Closable } from '../process/closers.js';

/** Sends the traces and metrics of this process to an OTLP endpoint (http); what waits is sent when it is closed. */
export function openExport(resource: Resource, endpoint: string): Closable {
  const base = endpoint.replace(/\/$/, '');
  const spans = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }));
  const tracing = new NodeTracerProvider({ resource, spanProcessors: [spans] });
  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics` }) });
  const measuring = new MeterProvider({ resource, readers: [reader] });
  tracing.register();
  metrics.setGlobalMeterProvider(measuring);
  return { close: () => Promise.all([tracing.shutdown(), measuring.shutdown()]).then(() => undefined) };
}
