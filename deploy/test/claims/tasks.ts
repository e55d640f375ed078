import { describe, expect, test } from '@jest/globals';
import { schemaNames, serviceNames } from '../../src/names.js';
import { expectRead } from '../environment.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

describe('containers', () => {
  test.each([...serviceNames])('%s starts with the environment that it is given', (service) => {
    expectRead(service, prod.container(service));
  });

  test.each([...schemaNames])('the migration of %s starts with the environment that it is given', (schema) => {
    expectRead('migration', prod.container(schema, 'migrate'));
    expect(prod.container(schema, 'migrate').Command).toEqual(['node', `subgraphs/${schema}/dist/migrate.js`]);
  });

  test('cannot write in themselves, and have no right of root', () => {
    for (const one of serviceNames.flatMap(prod.containersOf))
      expect(one).toMatchObject({
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
        LogConfiguration: { LogDriver: 'awslogs' },
      });
  });

  test('run what the workflow wrote down, and the image is told by digest', () => {
    for (const service of serviceNames) expect(prod.container(service).Image).toBe(`/marquee/prod/${service}/image`);
  });
});

describe('a deploy drops nothing', () => {
  test('new tasks serve before old ones end, and a bad one is taken back', () => {
    for (const { properties } of prod.ofType('ECS::Service'))
      expect(properties.DeploymentConfiguration).toMatchObject({
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      });
  });

  test('the balancer waits as long as the process drains, and a container is killed only after that', () => {
    const variables = Object.fromEntries(
      prod.container('gateway').Environment.map(({ Name, Value }: Json) => [Name, Value]),
    );
    const drain = Number(variables.DRAIN_SECONDS) + Number(variables.DRAIN_DELAY_SECONDS);
    const [targets] = prod.ofType('ElasticLoadBalancingV2::TargetGroup');
    expect(targets?.properties.TargetGroupAttributes).toContainEqual({
      Key: 'deregistration_delay.timeout_seconds',
      Value: String(drain),
    });
    for (const service of serviceNames) expect(prod.container(service).StopTimeout).toBeGreaterThan(drain);
  });

  test('a socket outlives the time between two pings, and a kept connection is left by the balancer first', () => {
    const [balancer] = prod.ofType('ElasticLoadBalancingV2::LoadBalancer');
    const attributes = balancer?.properties.LoadBalancerAttributes as { Key: string; Value: string }[];
    const idle = Number(attributes.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')?.Value);
    expect([idle > 2 * 12, idle < 65]).toEqual([true, true]);
  });

  test('services grow by processor time, and the gateway by open sockets', () => {
    const policies = prod.ofType('ApplicationAutoScaling::ScalingPolicy');
    const configurations = policies.map(({ properties }) => properties.TargetTrackingScalingPolicyConfiguration);
    const processors = configurations.filter(
      ({ PredefinedMetricSpecification: metric }) => metric?.PredefinedMetricType === 'ECSServiceAverageCPUUtilization',
    );
    const own = configurations.flatMap(({ CustomizedMetricSpecification: metric }) => metric?.MetricName ?? []);
    expect([processors.length, own]).toEqual([serviceNames.length, ['marquee.live.sockets']]);
  });
});
