import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';

/** The AWS distribution of the OpenTelemetry collector. */
export const collectorImage = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1';

/** The address of the collector in the same task. */
export const collectorAddress = 'http://localhost:4318';

/** The exported metrics by dimensions. CloudWatch charges for each combination of values, so that only a few are kept. */
const exported: readonly { dimensions: readonly string[]; metrics: readonly string[] }[] = [
  { dimensions: ['service.name', 'transport'], metrics: ['marquee.live.sockets'] },
  { dimensions: ['service.name', 'graphql.operation.type', 'outcome'], metrics: ['marquee.operation.duration'] },
  { dimensions: ['service.name', 'outcome'], metrics: ['marquee.mails'] },
  { dimensions: ['service.name', 'service'], metrics: ['marquee.breaker.state', 'marquee.upstream.failures'] },
  { dimensions: ['service.name', 'db.system.name'], metrics: ['db.client.operation.duration'] },
  {
    dimensions: ['service.name'],
    metrics: [
      'marquee.erasures.overdue',
      'marquee.errors.unexpected',
      'marquee.bus.notifications.lost',
      'marquee.events.lag',
      'marquee.events.unsent',
      'marquee.guard.rate_limited',
      'marquee.live.deliveries',
      'marquee.live.gaps',
      'marquee.live.held',
      'marquee.live.lag',
      'marquee.live.resumes',
      'marquee.live.slow_consumers',
      'marquee.media.dead_letters',
      'marquee.process.heap.limit',
      'marquee.process.heap.used',
      'marquee.supergraph.refused',
      'nodejs.eventloop.delay.p99',
    ],
  },
];

/** The dimensions of every metric that reaches CloudWatch. Alarms can use no other metrics. */
export const metricDimensions: ReadonlyMap<string, readonly string[]> = new Map(
  exported.flatMap(({ dimensions, metrics }) => metrics.map((metric) => [metric, dimensions] as const)),
);

/** The collector's configuration, as JSON (a subset of YAML): traces go to X-Ray, the exported metrics to CloudWatch. */
export function collectorConfiguration(environment: Environment): string {
  const { region } = environment;
  const names = namesOf(environment);
  return JSON.stringify({
    extensions: { health_check: {} },
    receivers: { otlp: { protocols: { http: { endpoint: 'localhost:4318' } } } },
    processors: {
      memory_limiter: { check_interval: '1s', limit_mib: 96, spike_limit_mib: 24 },
      batch: { timeout: '5s' },
    },
    exporters: { awsxray: { region }, awsemf: metricsExporter(region, names.logGroup('metrics'), names.metrics) },
    service: {
      extensions: ['health_check'],
      telemetry: { logs: { level: 'warn' } },
      pipelines: {
        traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['awsxray'] },
        metrics: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['awsemf'] },
      },
    },
  });
}

function metricsExporter(region: string, logGroupName: string, namespace: string): object {
  return {
    region,
    namespace,
    log_group_name: logGroupName,
    log_stream_name: '{TaskId}',
    resource_to_telemetry_conversion: { enabled: true },
    dimension_rollup_option: 'NoDimensionRollup',
    metric_declarations: exported.map(({ dimensions, metrics }) => ({
      dimensions: [dimensions],
      metric_name_selectors: metrics.map((metric) => `^${metric.replaceAll('.', '\\.')}$`),
    })),
  };
}
