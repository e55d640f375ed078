import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Environment } from '../../environments.js';
import { namesOf } from '../../names.js';
import { metricDimensions } from '../../service/collector.js';

const minutes = Duration.minutes;

/** A metric of the graph itself. @throws when the collector does not send it, or keeps it apart by something else */
export function graphMetric(
  environment: Environment,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): Metric {
  const known = metricDimensions.get(metricName)?.toSorted().join();
  if (known !== Object.keys(dimensionsMap).sort().join())
    throw new Error(`The collector sends ${metricName} by ${known ?? 'nothing'}.`);
  return new Metric({
    namespace: namesOf(environment).metrics,
    metricName,
    dimensionsMap,
    statistic,
    period: minutes(5),
  });
}

/** The same, of one service. */
export function serviceMetric(environment: Environment, name: string, metric: string, statistic: string): Metric {
  return graphMetric(environment, metric, { 'service.name': name }, statistic);
}

/** What ECS tells of a service. */
export function taskMetric(
  environment: Environment,
  ServiceName: string,
  metricName: string,
  { namespace = 'AWS/ECS', statistic = 'Average' } = {},
): Metric {
  const dimensionsMap = { ClusterName: namesOf(environment).cluster, ServiceName };
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: minutes(5) });
}

/** What another service of AWS tells of something that we named. */
export function awsMetric(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: minutes(5) });
}

/** How much of the whole a part is, in percent; 0 of nothing. */
export function percentage(part: Metric, whole: Metric, label: string): MathExpression {
  return new MathExpression({
    expression: 'IF(whole > 0, 100 * FILL(part, 0) / whole, 0)',
    usingMetrics: { part, whole },
    label,
    period: minutes(5),
  });
}
