import { Duration, type Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type ISecurityGroup, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  FargateService,
  type FargateTaskDefinition,
  LogDrivers,
  PropagatedTagSource,
  type ServiceConnectProps,
} from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Environment } from '../environments.js';
import { namesOf, servicePort } from '../names.js';
import type { Network } from '../stacks/network.js';

export interface ServiceOptions {
  environment: Environment;
  name: string;
  network: Network;
  group: ISecurityGroup;
  logs: LogGroup;
}

/**
 * Runs a task definition as a service whose deployments drop no requests: new tasks serve before old ones stop, and a
 * deployment whose tasks do not become healthy is rolled back.
 */
export function runService(stack: Stack, task: FargateTaskDefinition, options: ServiceOptions): FargateService {
  const { environment, name, network, group, logs } = options;
  const service = new FargateService(stack, 'Service', {
    serviceName: name,
    cluster: network.cluster,
    taskDefinition: task,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
    assignPublicIp: false,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', group.securityGroupId, { mutable: false })],
    serviceConnectConfiguration: serviceConnect(environment, name, logs),
    propagateTags: PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
    ...(name === 'gateway' && { healthCheckGracePeriod: Duration.seconds(60) }),
  });
  scale(service, environment, name);
  return service;
}

/**
 * Subgraphs are reachable as `http://name:4000`; the gateway is only a client. The proxies work on TCP instead of HTTP,
 * because one socket carries all live streams of a gateway, and a request time-out would close it. A proxy on TCP chooses a
 * task for each connection; the gateway replaces its connections every few seconds, so that new tasks get their share.
 */
function serviceConnect(environment: Environment, name: string, logs: LogGroup): ServiceConnectProps {
  const logDriver = LogDrivers.awsLogs({ logGroup: logs, streamPrefix: 'connect' });
  const namespace = namesOf(environment).cluster;
  if (name === 'gateway') return { namespace, logDriver };
  const services = [{ portMappingName: 'graphql', discoveryName: name, dnsName: name, port: servicePort }];
  return { namespace, logDriver, services };
}

/** The target number of open sockets per gateway task, which can handle several times as many. */
const socketsPerTask = 2_000;

/**
 * Scales by CPU utilization, and the gateway also by its clients' sockets, which use memory even while idle. A subgraph
 * has only one socket per gateway, so its number says nothing about the load.
 */
function scale(service: FargateService, environment: Environment, name: string): void {
  const { min, max } = environment.task;
  const count = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  const scaleInCooldown = Duration.minutes(5);
  const scaleOutCooldown = Duration.minutes(1);
  count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60, scaleInCooldown, scaleOutCooldown });
  if (name === 'gateway')
    count.scaleToTrackCustomMetric('Sockets', {
      metric: openSockets(environment, name),
      targetValue: socketsPerTask,
      scaleInCooldown,
      scaleOutCooldown,
    });
}

/** Each task reports its own number, so that the average is the number per task. */
function openSockets(environment: Environment, name: string): Metric {
  return new Metric({
    namespace: namesOf(environment).metrics,
    metricName: 'marquee.live.sockets',
    dimensionsMap: { 'service.name': name, transport: 'websocket' },
    statistic: 'Average',
  });
}
