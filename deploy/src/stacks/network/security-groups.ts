import type { Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { acknowledge } from '../../acknowledgements.js';
import { schemaNames, servicePort, subgraphNames } from '../../names.js';
import { perService, type PerService } from '../../per-service.js';

/** Other stacks refer to the groups by id, so that none of them adds rules. */
export interface SecurityGroups {
  edge: ISecurityGroup;
  gateway: ISecurityGroup;
  subgraphs: PerService<ISecurityGroup>;
  mediaFunction: ISecurityGroup;
  database: ISecurityGroup;
  bus: ISecurityGroup;
  endpoints: ISecurityGroup;
}

const https = Port.tcp(443);

/** Serverless Valkey has one port for the primary and one for reading from replicas. */
const busPorts = [Port.tcp(6379), Port.tcp(6380)];

/** All permitted connections. Everything else is denied, inbound and outbound. */
export function securityGroups(stack: Stack, vpc: IVpc): SecurityGroups {
  const create = (name: string, description: string) =>
    new SecurityGroup(stack, `Group-${name}`, { vpc, description, allowAllOutbound: false });
  const edge = create('edge', 'The load balancer');
  const gateway = create('gateway', 'The gateway');
  const subgraphs = perService(subgraphNames, (name) => create(name, `The service ${name}`));
  const mediaFunction = create('media', 'The media function');
  const database = create('database', 'Aurora');
  const bus = create('bus', 'Valkey');
  const endpoints = create('endpoints', 'Interface endpoints of AWS services');
  const services = [gateway, ...subgraphs.all];

  acknowledge(edge, { 'AwsSolutions-EC23': 'The load balancer is the only public entry point.' });
  for (const port of [80, 443]) edge.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'Everybody');
  connect([edge], gateway, [Port.tcp(servicePort)], 'Client requests');
  for (const subgraph of subgraphs.all) connect([gateway], subgraph, [Port.tcp(servicePort)], 'Fetches');
  connect([...schemaNames.map(subgraphs.get), mediaFunction], database, [Port.tcp(5432)], 'Statements');
  connect(services, bus, busPorts, 'Notifications and rate limits');
  connect([...services, mediaFunction], endpoints, [https], 'AWS');
  // No prefix list covers the addresses of AWS, so outbound TLS is open to any address.
  for (const group of [...services, mediaFunction]) group.addEgressRule(Peer.anyIpv4(), https, 'AWS');
  return { edge, gateway, subgraphs, mediaFunction, database, bus, endpoints };
}

function connect(from: readonly SecurityGroup[], to: SecurityGroup, ports: readonly Port[], what: string): void {
  for (const group of from)
    for (const port of ports) {
      to.addIngressRule(group, port, what);
      group.addEgressRule(to, port, what);
    }
}
