import { type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib';
import type { Environment } from '../../environments.js';
import { namesOf, subgraphNames } from '../../names.js';
import type { Edge } from '../edge.js';
import {
  awsMetric,
  graphMetric,
  operationCount,
  operationTypes,
  serviceMetric,
  share,
  upstreamFailures,
} from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** Alarms on failures that clients notice. */
export function edgeAlarms(environment: Environment, edge: Edge): AlarmPlan[] {
  const blocked = { WebACL: namesOf(environment).webAcl, Region: environment.region, Rule: 'ALL' };
  return [
    ...responseAlarms(edge),
    alarmPlan(
      'gateway-unhealthy',
      'A gateway task has been unhealthy for 15 minutes.',
      edge.targets.metrics.unhealthyHostCount({ statistic: 'Minimum', period: Duration.minutes(5) }),
      0,
      { missing: TreatMissingData.BREACHING },
    ),
    alarmPlan(
      'firewall-blocks',
      'The firewall blocks an unusual number of requests.',
      awsMetric('AWS/WAFV2', 'BlockedRequests', blocked, 'Sum'),
      5_000,
    ),
  ];
}

function responseAlarms({ balancer: { metrics } }: Edge): AlarmPlan[] {
  const sum = { statistic: 'Sum', period: Duration.minutes(5) };
  const responses = ([5, 4, 3, 2] as const).map((hundreds) =>
    metrics.httpCodeTarget(HttpCodeTarget[`TARGET_${hundreds}XX_COUNT`], sum),
  ) as [Metric, ...Metric[]];
  return [
    alarmPlan(
      'gateway-errors',
      "More than 1 % of the gateway's responses are errors.",
      share(responses, 'errors in percent'),
      1,
    ),
    alarmPlan(
      'balancer-errors',
      'The load balancer returns errors of its own.',
      metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, sum),
      10,
    ),
    alarmPlan(
      'gateway-slow',
      '1 % of responses take longer than 2 s.',
      metrics.targetResponseTime({ statistic: 'p99', period: Duration.minutes(5) }),
      2,
    ),
  ];
}

/** Alarms on operations, live data, and the gateway's view of the services. */
export function gatewayAlarms(environment: Environment): AlarmPlan[] {
  const sum = (metric: string) => serviceMetric(environment, 'gateway', metric, 'Sum');
  return [
    ...operationTypes.map((type) => operationsFailed(environment, type)),
    ...subgraphNames.flatMap((service) => [breakerOpen(environment, service), subgraphFailures(environment, service)]),
    alarmPlan(
      'supergraph-refused',
      'The gateway rejected a published supergraph and serves the previous one.',
      sum('marquee.supergraph.refused'),
      0,
      { periods: 1 },
    ),
    alarmPlan('rate-limited', 'Many requests exceed the rate limit.', sum('marquee.guard.rate_limited'), 5_000),
    ...liveAlarms(environment),
  ];
}

function liveAlarms(environment: Environment): AlarmPlan[] {
  const live = (what: string, statistic = 'Sum') =>
    serviceMetric(environment, 'gateway', `marquee.live.${what}`, statistic);
  return [
    alarmPlan(
      'slow-consumers',
      'Many subscriptions ended because their clients read too slowly.',
      live('slow_consumers'),
      100,
    ),
    alarmPlan('live-lag', 'Events wait longer than 1 s at the gateway.', live('lag', 'Average'), 1),
    alarmPlan('live-gaps', 'Streams were interrupted that cannot be resumed.', live('gaps'), 100),
  ];
}

/** Counts all operations, so that the alarm also fires when none succeeds. */
function operationsFailed(environment: Environment, type: (typeof operationTypes)[number]): AlarmPlan {
  const [failed, partial, ok] = (['failed', 'partial', 'ok'] as const).map((outcome) =>
    operationCount(environment, type, outcome),
  ) as [Metric, Metric, Metric];
  return alarmPlan(
    `operations-failed-${type}`,
    `More than 5 % of the operations of type ${type} failed.`,
    share([failed, partial, ok], 'failed operations in percent'),
    5,
    { section: 'operations-failed' },
  );
}

function subgraphFailures(environment: Environment, service: string): AlarmPlan {
  return alarmPlan(
    `subgraph-failures-${service}`,
    `Requests of the gateway to the service ${service} fail.`,
    upstreamFailures(environment, service),
    50,
    { section: 'subgraph-failures' },
  );
}

function breakerOpen(environment: Environment, service: string): AlarmPlan {
  const dimensions = { 'service.name': 'gateway', service };
  return alarmPlan(
    `breaker-open-${service}`,
    `The circuit breaker for the service ${service} is open.`,
    graphMetric(environment, 'marquee.breaker.state', dimensions, 'Maximum'),
    1,
    { section: 'breaker-open', periods: 1 },
  );
}
