import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib';
import type { Environment } from '../../environments.js';
import { namesOf, subgraphNames } from '../../names.js';
import type { Edge } from '../edge.js';
import { awsMetric, graphMetric, serviceMetric, percentage } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** What clients notice. */
export function edgeAlarms(environment: Environment, edge: Edge): AlarmPlan[] {
  const blocked = { WebACL: namesOf(environment).webAcl, Region: environment.region, Rule: 'ALL' };
  return [
    ...answerAlarms(edge),
    alarmPlan(
      'gateway-unhealthy',
      'A gateway is not ready for a quarter of an hour.',
      edge.targets.metrics.unhealthyHostCount({ statistic: 'Minimum', period: Duration.minutes(5) }),
      0,
      { missing: TreatMissingData.BREACHING },
    ),
    alarmPlan(
      'firewall-blocks',
      'The firewall turns away an unusual number of requests.',
      awsMetric('AWS/WAFV2', 'BlockedRequests', blocked, 'Sum'),
      5_000,
    ),
  ];
}

function answerAlarms({ balancer: { metrics } }: Edge): AlarmPlan[] {
  const sum = { statistic: 'Sum', period: Duration.minutes(5) };
  const failed = metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum);
  return [
    alarmPlan(
      'gateway-errors',
      'More than one answer of the gateway in a hundred is a failure.',
      percentage(failed, metrics.requestCount(sum), 'failed answers in percent'),
      1,
    ),
    alarmPlan(
      'balancer-errors',
      'The balancer answers in place of the gateway.',
      metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, sum),
      10,
    ),
    alarmPlan(
      'gateway-slow',
      'One answer in a hundred takes more than two seconds.',
      metrics.targetResponseTime({ statistic: 'p99', period: Duration.minutes(5) }),
      2,
    ),
  ];
}

/** What the gateway knows of operations, live data and the services behind it. */
export function gatewayAlarms(environment: Environment): AlarmPlan[] {
  const sum = (metric: string) => serviceMetric(environment, 'gateway', metric, 'Sum');
  return [
    operationsFailed(environment),
    ...subgraphNames.map((service) => breakerOpen(environment, service)),
    alarmPlan(
      'supergraph-refused',
      'A published supergraph was refused; the former one is served.',
      sum('marquee.supergraph.refused'),
      0,
      { periods: 1 },
    ),
    alarmPlan(
      'rate-limited',
      'Many requests are turned away because of their rate.',
      sum('marquee.guard.rate_limited'),
      5_000,
    ),
    ...liveAlarms(environment),
  ];
}

function liveAlarms(environment: Environment): AlarmPlan[] {
  const live = (what: string, statistic = 'Sum') =>
    serviceMetric(environment, 'gateway', `marquee.live.${what}`, statistic);
  return [
    alarmPlan(
      'slow-consumers',
      'Many subscriptions ended because their clients did not read.',
      live('slow_consumers'),
      100,
    ),
    alarmPlan('live-lag', 'Events wait longer than a second at the gateway.', live('lag', 'Average'), 1),
    alarmPlan('live-gaps', 'Streams that cannot be resumed were interrupted.', live('gaps'), 100),
  ];
}

function operationsFailed(environment: Environment): AlarmPlan {
  const operations = (outcome: string) =>
    graphMetric(environment, 'marquee.operation.duration', { 'service.name': 'gateway', outcome }, 'SampleCount');
  return alarmPlan(
    'operations-failed',
    'More than one operation failed for every twenty that succeeded.',
    percentage(operations('failed'), operations('ok'), 'failed operations, in percent of those that succeeded'),
    5,
  );
}

function breakerOpen(environment: Environment, service: string): AlarmPlan {
  const by = { 'service.name': 'gateway', service };
  return alarmPlan(
    `breaker-open-${service}`,
    `A gateway does not ask the service ${service} any more, for too much of it failed.`,
    graphMetric(environment, 'marquee.breaker.state', by, 'Maximum'),
    1,
    { section: 'breaker-open', periods: 1 },
  );
}
