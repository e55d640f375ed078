import { randomUUID } from 'node:crypto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { Closable } from '../process/closers.js';
import { setMetricsEnabled } from './instruments.js';
import { observeProcess } from './process-metrics.js';
import { createHistogramProducer } from './histogram-producer.js';
import type { SamplerName } from './sampler-names.js';
import { alsoRecording, createSampler, samplesNewTrace } from './trace-sampler.js';
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
  /** Decides which traces are exported to the collector. */
  sampler: { name: SamplerName; ratio: number };
  /** Traces that go elsewhere. */
  recorded?: RecordedTraces | undefined;
}

/** Traces that are recorded for a processor, whether or not they are exported. */
export interface RecordedTraces {
  /** The share of all traces, 0 to 1. The processor receives the spans of others too, and selects by `isChosen`. */
  share: number;
  processor: SpanProcessor;
}

/** Exports the traces and metrics of this process. Pending data is exported when it is closed. */
export function openExport(identity: ProcessIdentity, options: ExportOptions): Closable {
  const { endpoint, readers, recorded } = options;
  const resource = resourceFromAttributes({
    'service.name': identity.service,
    'service.version': identity.version,
    // Distinguishes the replicas of a service, and a process from the one that it replaces.
    'service.instance.id': randomUUID(),
  });
  const base = endpoint?.replace(/\/$/, '');
  const traces = base === undefined && !recorded ? undefined : openTraces(resource, base, options);
  const metricExport = openMetrics(resource, base === undefined ? readers : [...readers, periodicReader(base)]);
  return { close: () => Promise.all([traces?.close(), metricExport.close()]).then(() => undefined) };
}

function openTraces(
  resource: Resource,
  base: string | undefined,
  { asyncContext, sampler, recorded }: ExportOptions,
): Closable {
  const exported = base === undefined ? [] : [new BatchSpanProcessor(traceExporter(base))];
  const configured = base === undefined ? new AlwaysOffSampler() : createSampler(sampler.name, sampler.ratio);
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [...exported, ...(recorded ? [recorded.processor] : [])],
    sampler: recorded ? alsoRecording(configured, recorded.share) : configured,
  });
  provider.register(asyncContext ? {} : { contextManager: null });
  setTracingEnabled(true, () => samplesNewTrace(configured));
  return {
    async close() {
      await shutDown(provider);
      setTracingEnabled(false);
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}

function traceExporter(base: string): OTLPTraceExporter {
  return new OTLPTraceExporter({ url: `${base}/v1/traces` });
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
      await shutDown(provider);
      void processMetrics.close();
      setMetricsEnabled(false);
      metrics.disable();
    },
  };
}

/** The exports that a collector refuses at the end are lost, which is no failure of the process. */
async function shutDown(provider: { shutdown(): Promise<void> }): Promise<void> {
  await provider.shutdown().catch(() => undefined);
}
