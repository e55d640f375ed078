import { describe, expect, test } from '@jest/globals';
import { delivery, environments } from '../../src/environments.js';
import { schemaNames, serviceNames, subgraphNames } from '../../src/names.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

describe('the table of environments', () => {
  test('defines the task size, the minimum number of tasks and the log retention of each environment', () => {
    const figures = Object.values(environments).map(({ name, task, logDays }) => {
      return [name, task.cpu, task.memory, task.min, logDays];
    });
    expect(figures).toEqual([
      ['dev', 256, 512, 1, 3],
      ['test', 512, 1024, 1, 7],
      ['prod', 512, 1024, 2, 14],
    ]);
  });

  test('determines the templates', () => {
    for (const { properties } of prod.ofType('ECS::TaskDefinition'))
      expect(properties).toMatchObject({
        Cpu: '512',
        Memory: '1024',
        RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      });
    expect(
      prod.ofType('ApplicationAutoScaling::ScalableTarget').map(({ properties }) => properties.MinCapacity),
    ).toEqual(serviceNames.map(() => 2));
    for (const { properties } of prod.ofType('Logs::LogGroup')) expect(properties.RetentionInDays).toBe(14);
  });

  test('assigns each environment its own account', () => {
    const accounts = [delivery.account, ...Object.values(environments).map((environment) => environment.account)];
    expect(new Set(accounts).size).toBe(4);
  });
});

describe('the network', () => {
  const groupIn = (name: string) =>
    `${prod.named('EC2::SecurityGroup', `Group-${name}`).stack}/${groupId(name)}.GroupId`;
  const groupId = (name: string) => prod.named('EC2::SecurityGroup', `Group-${name}`).id;

  function ingressOf(name: string): [string, number][] {
    const rules = prod
      .ofType('EC2::SecurityGroupIngress')
      .filter(({ properties }) => properties.GroupId === groupIn(name));
    return rules.map(({ properties }) => [properties.SourceSecurityGroupId, properties.FromPort]);
  }

  test('exposes only the load balancer to the internet, on two ports', () => {
    const [balancer, ...others] = prod.ofType('ElasticLoadBalancingV2::LoadBalancer');
    expect([balancer?.properties.Scheme, others]).toEqual(['internet-facing', []]);
    const publicGroups = prod
      .ofType('EC2::SecurityGroup')
      .filter(({ properties }) => properties.SecurityGroupIngress?.length);
    expect(publicGroups.map(({ id }) => id)).toEqual([groupId('edge')]);
    expect(publicGroups[0]?.properties.SecurityGroupIngress.map(({ FromPort }: Json) => FromPort)).toEqual([80, 443]);
    for (const { properties } of prod.ofType('EC2::SecurityGroupIngress'))
      expect(properties).toHaveProperty('SourceSecurityGroupId');
  });

  test('assigns no public address to anything else', () => {
    for (const { properties } of prod.ofType('ECS::Service'))
      expect(properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    for (const { properties } of prod.ofType('RDS::DBInstance')) expect(properties.PubliclyAccessible).toBe(false);
    for (const { properties } of prod.ofType('EC2::Subnet')) expect(properties.MapPublicIpOnLaunch).toBe(false);
    for (const { properties } of prod.ofType('S3::Bucket'))
      expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    for (const type of ['Lambda::Url', 'EC2::Instance', 'ApiGateway::RestApi']) expect(prod.ofType(type)).toEqual([]);
  });

  test('admits only the load balancer to the gateway, and only the gateway to subgraphs', () => {
    expect(ingressOf('gateway')).toEqual([[groupIn('edge'), 4000]]);
    for (const name of subgraphNames) expect(ingressOf(name)).toEqual([[groupIn('gateway'), 4000]]);
  });

  test('admits only services with a schema and the media function to the database, and only services to the bus', () => {
    expect(ingressOf('database')).toEqual([...schemaNames, 'media'].map((name) => [groupIn(name), 5432]));
    expect(new Set(ingressOf('bus').map(([group]) => group))).toEqual(new Set(serviceNames.map(groupIn)));
  });
});
