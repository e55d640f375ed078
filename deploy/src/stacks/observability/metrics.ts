import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';
import { metricDimensions } from '../../service/collector.js';

const minutes = Duration.minutes;

/** A metric of the services. @throws Error when the collector does not export it with these dimensions */
export function graphMetric(
  environment: Environment,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): Metric {
  const known = metricDimensions.get(metricName)?.toSorted().join();
  if (known !== Object.keys(dimensionsMap).sort().join())
    throw new Error(`The collector exports ${metricName} with the dimensions ${known ?? 'of no metric'}.`);
  return new Metric({
    namespace: namesOf(environment).metrics,
    metricName,
    dimensionsMap,
    statistic,
    period: minutes(5),
  });
}

/** A metric of one service. */
export function serviceMetric(environment: Environment, name: string, metric: string, statistic: string): Metric {
  return graphMetric(environment, metric, { 'service.name': name }, statistic);
}

/** The types of operations, by which their outcomes are counted. Subscriptions have metrics of their own. */
export const operationTypes = ['query', 'mutation'] as const;

/** The number of operations of a type with an outcome. */
export function operationCount(
  environment: Environment,
  type: (typeof operationTypes)[number],
  outcome: 'ok' | 'partial' | 'failed',
): Metric {
  const dimensions = { 'service.name': 'gateway', 'graphql.operation.type': type, outcome };
  return graphMetric(environment, 'marquee.operation.duration', dimensions, 'SampleCount');
}

/** The number of requests of the gateway to a subgraph that failed. */
export function upstreamFailures(environment: Environment, service: string): Metric {
  return graphMetric(environment, 'marquee.upstream.failures', { 'service.name': 'gateway', service }, 'Sum');
}

/** An ECS metric of one service. */
export function taskMetric(
  environment: Environment,
  ServiceName: string,
  metricName: string,
  { namespace = 'AWS/ECS', statistic = 'Average' } = {},
): Metric {
  const dimensionsMap = { ClusterName: namesOf(environment).cluster, ServiceName };
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: minutes(5) });
}

/** A metric of an AWS service. */
export function awsMetric(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: minutes(5) });
}

/**
 * The first metric in percent of the sum of all. It is 100 when nothing else was counted, and 0 when nothing was.
 *
 * @param counted how many of the first metrics to add up instead of the first one
 */
export function share(
  parts: readonly [Metric, ...Metric[]],
  label: string,
  { counted = 1, period = minutes(5) } = {},
): MathExpression {
  const filled = parts.map((_, index) => `FILL(part${index}, 0)`);
  const whole = filled.join(' + ');
  return new MathExpression({
    expression: `IF(${whole} > 0, 100 * (${filled.slice(0, counted).join(' + ')}) / (${whole}), 0)`,
    usingMetrics: Object.fromEntries(parts.map((metric, index) => [`part${index}`, metric] as const)),
    label,
    period,
  });
}

/** A part in percent of the whole; 0 if the whole is 0. */
export function percentage(part: Metric, whole: Metric, label: string): MathExpression {
  return new MathExpression({
    expression: 'IF(whole > 0, 100 * FILL(part, 0) / whole, 0)',
    usingMetrics: { part, whole },
    label,
    period: minutes(5),
  });
}
