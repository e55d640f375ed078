import type { Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { acknowledge } from '../../acknowledgements.js';
import { schemaNames, servicePort, type SubgraphName, subgraphNames } from '../../names.js';

/** Who is in the network. Others get to them by their id, so that no other stack changes what they let in. */
export interface SecurityGroups {
  edge: ISecurityGroup;
  gateway: ISecurityGroup;
  subgraphs: Readonly<Record<SubgraphName, ISecurityGroup>>;
  mediaFunction: ISecurityGroup;
  database: ISecurityGroup;
  bus: ISecurityGroup;
  endpoints: ISecurityGroup;
}

const https = Port.tcp(443);

/** Valkey without a server has one port for what is written and one for what is only read. */
const busPorts = [Port.tcp(6379), Port.tcp(6380)];

/** Who may speak to whom, all of it in this one place. What is not here is refused, in both directions. */
export function securityGroups(stack: Stack, vpc: IVpc): SecurityGroups {
  const open = (name: string, description: string) =>
    new SecurityGroup(stack, `Group-${name}`, { vpc, description, allowAllOutbound: false });
  const edge = open('edge', 'The load balancer');
  const gateway = open('gateway', 'The gateway');
  const subgraphs = eachSubgraph((name) => open(name, `The service ${name}`));
  const mediaFunction = open('media', 'The function that processes uploads');
  const database = open('database', 'Aurora');
  const bus = open('bus', 'Valkey');
  const endpoints = open('endpoints', 'Addresses of AWS inside of the network');
  const services = [gateway, ...Object.values(subgraphs)];

  acknowledge(edge, { 'AwsSolutions-EC23': 'It is the one thing that everybody may reach.' });
  for (const port of [80, 443]) edge.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'Everybody');
  connect([edge], gateway, [Port.tcp(servicePort)], 'Requests of clients');
  for (const subgraph of Object.values(subgraphs)) connect([gateway], subgraph, [Port.tcp(servicePort)], 'Fetches');
  connect([...schemaNames.map((name) => subgraphs[name]), mediaFunction], database, [Port.tcp(5432)], 'Statements');
  connect(services, bus, busPorts, 'Hints and counts');
  connect([...services, mediaFunction], endpoints, [https], 'AWS');
  // Addresses of AWS are in no list that a rule could name; the way out is open for TLS alone.
  for (const group of [...services, mediaFunction]) group.addEgressRule(Peer.anyIpv4(), https, 'AWS');
  return { edge, gateway, subgraphs, mediaFunction, database, bus, endpoints };
}

function eachSubgraph<Value>(of: (name: SubgraphName) => Value): Record<SubgraphName, Value> {
  return Object.fromEntries(subgraphNames.map((name) => [name, of(name)])) as Record<SubgraphName, Value>;
}

function connect(from: readonly SecurityGroup[], to: SecurityGroup, ports: readonly Port[], what: string): void {
  for (const group of from)
    for (const port of ports) {
      to.addIngressRule(group, port, what);
      group.addEgressRule(to, port, what);
    }
}
