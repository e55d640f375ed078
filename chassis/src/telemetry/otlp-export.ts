import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Closable } from '../process/closers.js';
import { setMetricsEnabled } from './instruments.js';
import { observeProcess } from './process-metrics.js';
import { createHistogramProducer } from './histogram-producer.js';
import { setTracingEnabled } from './tracing.js';

/** How a process identifies itself in telemetry. */
export interface ProcessIdentity {
  service: string;
  version: string;
}

/** The destinations of metrics and traces. */
export interface ExportOptions {
  /** The URL of an OTLP collector (HTTP); undefined exports nothing to one. */
  endpoint: string | undefined;
  /** Further metric readers. */
  readers: IMetricReader[];
  /** See `Service.asyncContext`. */
  asyncContext: boolean;
}

/** Exports the traces and metrics of this process. Pending data is exported when it is closed. */
export function openExport(identity: ProcessIdentity, { endpoint, readers, asyncContext }: ExportOptions): Closable {
  const resource = resourceFromAttributes({ 'service.name': identity.service, 'service.version': identity.version });
  const base = endpoint?.replace(/\/$/, '');
  const traces = base === undefined ? undefined : openTraces(resource, base, asyncContext);
  const metricExport = openMetrics(resource, base === undefined ? readers : [...readers, periodicReader(base)]);
  return { close: () => Promise.all([traces?.close(), metricExport.close()]).then(() => undefined) };
}

function openTraces(resource: Resource, base: string, ambient: boolean): Closable {
  const spans = new BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spans] });
  provider.register(ambient ? {} : { contextManager: null });
  setTracingEnabled(true);
  return {
    async close() {
      await provider.shutdown();
      setTracingEnabled(false);
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

function periodicReader(base: string): IMetricReader {
  const exporter = new OTLPMetricExporter({ url: `${base}/v1/metrics` });
  return new PeriodicExportingMetricReader({ exporter, metricProducers: [createHistogramProducer()] });
}

function openMetrics(resource: Resource, readers: IMetricReader[]): Closable {
  const provider = new MeterProvider({ resource, readers });
  metrics.setGlobalMeterProvider(provider);
  setMetricsEnabled(true);
  const processMetrics = observeProcess();
  return {
    async close() {
      await provider.shutdown();
      void processMetrics.close();
      setMetricsEnabled(false);
      metrics.disable();
    },
  };
}
