import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import type { Closable } from '../process/closers.js';
import type { Logger } from './log.js';
import { createHistogramProducer } from './histogram-producer.js';

export interface PrometheusOptions {
  host: string;
  /** 0 lets the system choose one. */
  port: number;
  log: Logger;
}

/** An endpoint for Prometheus: `/metrics` on a separate port, which load balancers do not expose. */
export interface Prometheus extends Closable {
  /** To be registered with the meter provider, which closes it. */
  reader: IMetricReader;
}

/** @throws the error of the system, such as EADDRINUSE if the port is taken */
export async function openPrometheus({ host, port, log }: PrometheusOptions): Promise<Prometheus> {
  const reader = new PrometheusExporter({ preventServerStart: true, metricProducers: [createHistogramProducer()] });
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') reader.getMetricsRequestHandler(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  server.unref();
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  log.info({ url: `http://${name}:${address.port}/metrics` }, 'metrics for Prometheus');
  return { reader, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
