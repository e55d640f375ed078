import type { App, Stack } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import type { Environment } from '../environments.js';
import { logGroup } from '../log-group.js';
import { namesOf } from '../names.js';
import { createStack } from '../stack.js';
import { type SecurityGroups, securityGroups } from './network/security-groups.js';

export interface Network {
  vpc: Vpc;
  cluster: Cluster;
  groups: SecurityGroups;
}

/**
 * A VPC with three tiers of subnets in two availability zones: public for the load balancer and NAT, private for tasks
 * and functions, isolated for the stores.
 */
export function network(app: App, environment: Environment): Network {
  const stack = createStack(app, environment, 'network', 'Subnets, NAT, security groups, the cluster');
  const vpc = createVpc(stack, environment);
  const groups = securityGroups(stack, vpc);
  vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
  vpc.addGatewayEndpoint('DynamoDB', { service: GatewayVpcEndpointAwsService.DYNAMODB });
  if (environment.network.interfaceEndpoints) addInterfaceEndpoints(vpc, groups);
  return { vpc, cluster: createCluster(stack, vpc, environment), groups };
}

function createVpc(stack: Stack, environment: Environment): Vpc {
  const { cidr, natGateways } = environment.network;
  const vpc = new Vpc(stack, 'Vpc', {
    vpcName: namesOf(environment).prefix,
    ipAddresses: IpAddresses.cidr(cidr),
    maxAzs: 2,
    natGateways,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
  });
  vpc.addFlowLog('Flows', {
    destination: FlowLogDestination.toCloudWatchLogs(logGroup(stack, environment, 'flows')),
  });
  return vpc;
}

/** Endpoints keep images, logs and secrets off the NAT gateways. With little traffic, NAT is cheaper than eight endpoints. */
function addInterfaceEndpoints(vpc: Vpc, { endpoints }: SecurityGroups): void {
  const services = {
    EcrApi: InterfaceVpcEndpointAwsService.ECR,
    EcrImages: InterfaceVpcEndpointAwsService.ECR_DOCKER,
    Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    Secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  };
  for (const [id, service] of Object.entries(services))
    vpc.addInterfaceEndpoint(id, { service, securityGroups: [endpoints], open: false });
}

function createCluster(stack: Stack, vpc: Vpc, environment: Environment): Cluster {
  const { cluster } = namesOf(environment);
  return new Cluster(stack, 'Cluster', {
    clusterName: cluster,
    vpc,
    containerInsightsV2: ContainerInsights.ENABLED,
    enableFargateCapacityProviders: false,
    defaultCloudMapNamespace: { name: cluster, useForServiceConnect: true },
  });
}
