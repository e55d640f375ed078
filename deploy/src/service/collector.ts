import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';

/** The distribution of the OpenTelemetry collector that AWS builds. */
export const collectorImage = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1';

/** Where a service finds the collector of its task. */
export const collectorAddress = 'http://localhost:4318';

/** Attributes by which a metric is kept apart; a metric costs by each combination, so that only these few are kept. */
const kept: readonly { by: readonly string[]; metrics: readonly string[] }[] = [
  { by: ['service.name', 'transport'], metrics: ['marquee.live.sockets'] },
  { by: ['service.name', 'outcome'], metrics: ['marquee.operation.duration'] },
  { by: ['service.name', 'service'], metrics: ['marquee.breaker.state'] },
  { by: ['service.name', 'db.system.name'], metrics: ['db.client.operation.duration'] },
  {
    by: ['service.name'],
    metrics: [
      'marquee.errors.unexpected',
      'marquee.bus.notifications.lost',
      'marquee.guard.rate_limited',
      'marquee.live.deliveries',
      'marquee.live.gaps',
      'marquee.live.lag',
      'marquee.live.resumes',
      'marquee.live.slow_consumers',
      'marquee.media.dead_letters',
      'marquee.process.heap.limit',
      'marquee.process.heap.used',
      'marquee.supergraph.refused',
      'marquee.upstream.failures',
      'nodejs.eventloop.delay.p99',
    ],
  },
];

/** Every metric that reaches CloudWatch, with what tells its values apart. Alarms may use no other. */
export const metricDimensions: ReadonlyMap<string, readonly string[]> = new Map(
  kept.flatMap(({ by, metrics }) => metrics.map((metric) => [metric, by] as const)),
);

/** What the collector does: traces go to X-Ray, the metrics above to CloudWatch. It is JSON, which YAML includes. */
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
    metric_declarations: kept.map(({ by, metrics }) => ({
      dimensions: [by],
      metric_name_selectors: metrics.map((metric) => `^${metric.replaceAll('.', '\\.')}$`),
    })),
  };
}
