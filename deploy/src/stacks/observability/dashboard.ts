import { Duration, type Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Environment } from '../../environments.js';
import { namesOf, schemaNames, serviceNames, subgraphNames, tableNames } from '../../names.js';
import type { Edge } from '../edge.js';
import {
  awsMetric,
  graphMetric,
  operationCount,
  operationTypes,
  serviceMetric,
  taskMetric,
  upstreamFailures,
} from './metrics.js';

/** The dashboard, with rows for client-facing metrics, live data, services, and stores. */
export function dashboard(stack: Stack, environment: Environment, edge: Edge): void {
  new Dashboard(stack, 'Dashboard', {
    dashboardName: namesOf(environment).prefix,
    defaultInterval: Duration.hours(3),
    widgets: [
      clients(environment, edge),
      [slowOperations(environment)],
      live(environment),
      services(environment),
      stores(environment),
    ],
  });
}

function clients(environment: Environment, { balancer }: Edge): GraphWidget[] {
  const period = Duration.minutes(5);
  const times = ['p50', 'p90', 'p99'].map((statistic) => balancer.metrics.targetResponseTime({ statistic, period }));
  const outcomes = operationTypes.flatMap((type) =>
    (['ok', 'partial', 'failed'] as const).map((outcome) => operationCount(environment, type, outcome)),
  );
  const failed = balancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period });
  return [
    chart('Requests and gateway errors', [balancer.metrics.requestCount({ period }), failed]),
    chart('Response time in seconds', times),
    chart('Operations by type and outcome', outcomes),
    chart('Rejected requests', [
      serviceMetric(environment, 'gateway', 'marquee.guard.rate_limited', 'Sum'),
      awsMetric('AWS/WAFV2', 'BlockedRequests', blockedBy(environment), 'Sum'),
    ]),
  ];
}

/** The ids lead from the durations to traces in X-Ray: CloudWatch has no exemplars. */
function slowOperations(environment: Environment): LogQueryWidget {
  return new LogQueryWidget({
    title: 'Traces of slow and failed operations',
    logGroupNames: [namesOf(environment).logGroup('gateway')],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      'fields @timestamp, operation, outcome, milliseconds, traceId',
      "filter msg = 'an operation was slow or failed'",
      'sort milliseconds desc',
      'limit 50',
    ],
    width: 24,
    height: 6,
  });
}

function live(environment: Environment): GraphWidget[] {
  const gateway = (metric: string, statistic: string) => serviceMetric(environment, 'gateway', metric, statistic);
  const sockets = { 'service.name': 'gateway', transport: 'websocket' };
  return [
    chart('Open sockets', [graphMetric(environment, 'marquee.live.sockets', sockets, 'Sum')]),
    chart('Events delivered', [gateway('marquee.live.deliveries', 'Sum')]),
    chart('Delivery lag in seconds', [gateway('marquee.live.lag', 'Average'), gateway('marquee.live.lag', 'Maximum')]),
    chart(
      'Resumed, interrupted and slow streams',
      ['resumes', 'gaps', 'slow_consumers'].map((what) => gateway(`marquee.live.${what}`, 'Sum')),
    ),
  ];
}

function services(environment: Environment): GraphWidget[] {
  const each = (metric: string, statistic: string) =>
    serviceNames.map((name) => serviceMetric(environment, name, metric, statistic));
  return [
    chart(
      'CPU in percent',
      serviceNames.map((name) => taskMetric(environment, name, 'CPUUtilization')),
    ),
    chart(
      'Memory in percent',
      serviceNames.map((name) => taskMetric(environment, name, 'MemoryUtilization')),
    ),
    chart('Unexpected errors', each('marquee.errors.unexpected', 'Sum')),
    chart(
      'Circuit breakers (2 is open)',
      subgraphNames.map((service) =>
        graphMetric(environment, 'marquee.breaker.state', { 'service.name': 'gateway', service }, 'Maximum'),
      ),
    ),
    chart(
      'Failed requests to subgraphs',
      subgraphNames.map((service) => upstreamFailures(environment, service)),
    ),
  ];
}

function stores(environment: Environment): GraphWidget[] {
  const names = namesOf(environment);
  const database = { DBClusterIdentifier: names.database };
  const statement = (name: string, system: string) =>
    graphMetric(
      environment,
      'db.client.operation.duration',
      { 'service.name': name, 'db.system.name': system },
      'Average',
    );
  return [
    chart('Database: capacity units, connections', [
      awsMetric('AWS/RDS', 'ServerlessDatabaseCapacity', database, 'Average'),
      awsMetric('AWS/RDS', 'DatabaseConnections', database, 'Maximum'),
    ]),
    chart('Statement duration in seconds', [
      ...schemaNames.map((name) => statement(name, 'postgresql')),
      ...tableNames.map((name) => statement(name, 'aws.dynamodb')),
    ]),
    chart('Bus: processing units, throttled commands', [
      awsMetric('AWS/ElastiCache', 'ElastiCacheProcessingUnits', { clusterId: names.bus }, 'Sum'),
      awsMetric('AWS/ElastiCache', 'ThrottledCmds', { clusterId: names.bus }, 'Sum'),
    ]),
    chart('Uploads: function errors, dead letters', [
      awsMetric('AWS/Lambda', 'Errors', { FunctionName: names.mediaFunction }, 'Sum'),
      serviceMetric(environment, 'users', 'marquee.media.dead_letters', 'Maximum'),
    ]),
  ];
}

function blockedBy(environment: Environment): Record<string, string> {
  return { WebACL: namesOf(environment).webAcl, Region: environment.region, Rule: 'ALL' };
}

function chart(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 6, height: 6 });
}
