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
 * Runs a task definition so that a deploy drops nothing: new tasks serve before old ones are told to end, and when the
 * new ones do not come up, the old definition is taken again.
 */
export function runService(stack: Stack, task: FargateTaskDefinition, place: ServiceOptions): FargateService {
  const { environment, name, network, group, logs } = place;
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
 * Subgraphs are found as `http://name:4000`; the gateway only looks. The proxies between them pass on connections, not
 * requests: one socket carries all live streams of a gateway, and no time-out for requests must end it.
 */
function serviceConnect(environment: Environment, name: string, logs: LogGroup): ServiceConnectProps {
  const logDriver = LogDrivers.awsLogs({ logGroup: logs, streamPrefix: 'connect' });
  const namespace = namesOf(environment).cluster;
  if (name === 'gateway') return { namespace, logDriver };
  const services = [{ portMappingName: 'graphql', discoveryName: name, dnsName: name, port: servicePort }];
  return { namespace, logDriver, services };
}

/** Open sockets that one gateway is to hold; it bears several times as many. */
const socketsPerTask = 2_000;

/**
 * By processor time; the gateway also by its clients' sockets, which cost memory while they are silent. A subgraph has
 * one socket of each gateway, whatever it carries.
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

/** Each task tells its own number: the average is that of one task. */
function openSockets(environment: Environment, name: string): Metric {
  return new Metric({
    namespace: namesOf(environment).metrics,
    metricName: 'marquee.live.sockets',
    dimensionsMap: { 'service.name': name, transport: 'websocket' },
    statistic: 'Average',
  });
}
