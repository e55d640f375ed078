import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Closable } from '../process/closers.js';

/**
 * Starts OpenTelemetry for this process. W3C trace context is always taken over and passed on;
 * traces and metrics are exported when an OTLP endpoint (http) is given.
 */
export async function openTelemetry(service: string, version: string, endpoint: string | undefined): Promise<Closable> {
  const resource = resourceFromAttributes({ 'service.name': service, 'service.version': version });
  if (endpoint !== undefined) {
    // Only who exports waits for the exporters to load.
    const { openExport } = await import('./export.js');
    return openExport(resource, endpoint);
  }
  const silent = new NodeTracerProvider({ resource, sampler: new AlwaysOffSampler() });
  silent.register();
  return { close: () => silent.shutdown() };
}
