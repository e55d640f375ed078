import { describe, expect, test } from '@jest/globals';
import { schemaNames, serviceNames } from '../../src/names.js';
import { sentryVariables } from '../../src/service/task.js';
import { expectValidEnvironment } from '../environment.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

describe('containers', () => {
  test.each([...serviceNames])('%s accepts the environment of its container', (service) => {
    expectValidEnvironment(service, prod.container(service));
  });

  test('have the settings of Sentry if the environment has a project', () => {
    expect(sentryVariables({})).toEqual({});
    const sentry = { dsn: 'https://key@sentry.example/1', tracesPercent: 5, profilesPercent: 10 };
    const Environment = Object.entries(sentryVariables({ sentry })).map(([Name, Value]) => ({ Name, Value }));
    const container = prod.container('gateway');
    expectValidEnvironment('gateway', { ...container, Environment: [...container.Environment, ...Environment] });
    expect(Environment).toContainEqual({ Name: 'SENTRY_TRACES_SAMPLE_RATE', Value: '0.05' });
  });

  test.each([...schemaNames])('the migration of %s accepts the environment of its container', (schema) => {
    expectValidEnvironment('migration', prod.container(schema, 'migrate'));
    expect(prod.container(schema, 'migrate').Command).toEqual(['node', `subgraphs/${schema}/dist/migrate.js`]);
  });

  test('have a read-only root file system and no capabilities', () => {
    for (const one of serviceNames.flatMap(prod.containersOf))
      expect(one).toMatchObject({
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
        LogConfiguration: { LogDriver: 'awslogs' },
      });
  });

  test('have memory of their own, and ECS restarts a collector that ended', () => {
    for (const service of serviceNames) {
      const [own, collector] = [prod.container(service), prod.container(service, 'collector')];
      expect([own.Memory, collector.Memory]).toEqual([896, 128]);
      expect(collector).toMatchObject({ Essential: false, RestartPolicy: { Enabled: true } });
    }
  });

  test('limit the heap of Node below their memory', () => {
    for (const service of serviceNames) {
      const { Command, Memory } = prod.container(service);
      const heap = Number(/--max-old-space-size=(\d+)/.exec(Command.join(' '))?.[1]);
      expect([Command[0], Command.at(-1), heap < 0.5 * Memory, heap > 0.4 * Memory]).toEqual([
        'node',
        'main.js',
        true,
        true,
      ]);
    }
  });

  test('have a definition in a parameter, from which deployments derive theirs', () => {
    const recorded = prod.ofType('SSM::Parameter').map(({ properties: { Name, Value } }) => [Name, Value]);
    for (const name of serviceNames)
      expect(recorded).toContainEqual([
        `/marquee/prod/${name}/definition`,
        expect.stringMatching(`^marquee-prod-${name}/Task`),
      ]);
    for (const name of schemaNames)
      expect(recorded).toContainEqual([
        `/marquee/prod/${name}/migration`,
        expect.stringMatching(`^marquee-prod-${name}/Migration`),
      ]);
  });

  test('run the image that the deploy workflow recorded', () => {
    for (const service of serviceNames) expect(prod.container(service).Image).toBe(`/marquee/prod/${service}/image`);
  });
});

describe('a deploy without dropped requests', () => {
  test('starts new tasks before it stops old ones, and rolls back failed deployments', () => {
    for (const { properties } of prod.ofType('ECS::Service'))
      expect(properties.DeploymentConfiguration).toMatchObject({
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      });
  });

  test('deregisters targets for as long as the process drains, and kills containers only after that', () => {
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

  test('keeps idle sockets open longer than the ping interval, and closes idle connections before the gateway does', () => {
    const [balancer] = prod.ofType('ElasticLoadBalancingV2::LoadBalancer');
    const attributes = balancer?.properties.LoadBalancerAttributes as { Key: string; Value: string }[];
    const idle = Number(attributes.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')?.Value);
    expect([idle > 2 * 12, idle < 65]).toEqual([true, true]);
  });

  test('scales services by CPU utilization, and the gateway also by open sockets', () => {
    const policies = prod.ofType('ApplicationAutoScaling::ScalingPolicy');
    const configurations = policies.map(({ properties }) => properties.TargetTrackingScalingPolicyConfiguration);
    const processors = configurations.filter(
      ({ PredefinedMetricSpecification: metric }) => metric?.PredefinedMetricType === 'ECSServiceAverageCPUUtilization',
    );
    const own = configurations.flatMap(({ CustomizedMetricSpecification: metric }) => metric?.MetricName ?? []);
    expect([processors.length, own]).toEqual([serviceNames.length, ['marquee.live.sockets']]);
  });
});
