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
 * Three rows of subnets in two zones: the balancer and the way out are in the public one, everything that runs is in
 * the private one, what is stored is in one that leads nowhere.
 */
export function network(app: App, environment: Environment): Network {
  const stack = createStack(app, environment, 'network', 'Subnets, the way out, who may speak to whom, the cluster');
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

/** Images, logs and secrets then come without the way out; elsewhere the way out is cheaper than eight endpoints. */
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
