import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tableDefinition as messagingTable } from '@marquee/messaging/table';
import { tableDefinition as showsTable } from '@marquee/shows/table';
import { delivery, environments } from '../src/environments.js';
import { type SchemaName, schemaNames, serviceNames, subgraphNames } from '../src/names.js';
import { metricDimensions } from '../src/service/collector.js';
import { expectRead } from './environment.js';
import { everyTask, secrets, tasks } from './rights.js';
import { acknowledgedOf, type Json, openTemplates, synthesize, type Templates, warningsOf } from './templates.js';

const account = environments.prod.account;
let prod: Templates;
let shared: Templates;

beforeAll(() => {
  synthesize('prod', 'delivery');
  prod = openTemplates('prod');
  shared = openTemplates('delivery');
}, 120_000);

describe('the one table of environments', () => {
  test('gives each its size, its number of tasks, and how long logs are kept', () => {
    const figures = Object.values(environments).map(({ name, task, logDays }) => {
      return [name, task.cpu, task.memory, task.least, logDays];
    });
    expect(figures).toEqual([
      ['dev', 256, 512, 1, 3],
      ['test', 512, 1024, 1, 7],
      ['prod', 512, 1024, 2, 14],
    ]);
  });

  test('is what templates are made of', () => {
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

  test('keeps environments apart, each in an account of its own', () => {
    const accounts = [delivery.account, ...Object.values(environments).map((environment) => environment.account)];
    expect(new Set(accounts).size).toBe(4);
  });
});

describe('the network', () => {
  const groupIn = (name: string) =>
    `${prod.named('EC2::SecurityGroup', `Group-${name}`).stack}/${groupId(name)}.GroupId`;
  const groupId = (name: string) => prod.named('EC2::SecurityGroup', `Group-${name}`).id;

  function letIn(name: string): [string, number][] {
    const rules = prod
      .ofType('EC2::SecurityGroupIngress')
      .filter(({ properties }) => properties.GroupId === groupIn(name));
    return rules.map(({ properties }) => [properties.SourceSecurityGroupId, properties.FromPort]);
  }

  test('has one thing that the world reaches: the balancer, on two ports', () => {
    const [balancer, ...others] = prod.ofType('ElasticLoadBalancingV2::LoadBalancer');
    expect([balancer?.properties.Scheme, others]).toEqual(['internet-facing', []]);
    const open = prod.ofType('EC2::SecurityGroup').filter(({ properties }) => properties.SecurityGroupIngress?.length);
    expect(open.map(({ id }) => id)).toEqual([groupId('edge')]);
    expect(open[0]?.properties.SecurityGroupIngress.map(({ FromPort }: Json) => FromPort)).toEqual([80, 443]);
    for (const { properties } of prod.ofType('EC2::SecurityGroupIngress'))
      expect(properties).toHaveProperty('SourceSecurityGroupId');
  });

  test('gives nothing else an address of the world', () => {
    for (const { properties } of prod.ofType('ECS::Service'))
      expect(properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    for (const { properties } of prod.ofType('RDS::DBInstance')) expect(properties.PubliclyAccessible).toBe(false);
    for (const { properties } of prod.ofType('EC2::Subnet')) expect(properties.MapPublicIpOnLaunch).toBe(false);
    for (const { properties } of prod.ofType('S3::Bucket'))
      expect(Object.values(properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    for (const type of ['Lambda::Url', 'EC2::Instance', 'ApiGateway::RestApi']) expect(prod.ofType(type)).toEqual([]);
  });

  test('lets the balancer alone into the gateway, and the gateway alone into subgraphs', () => {
    expect(letIn('gateway')).toEqual([[groupIn('edge'), 4000]]);
    for (const name of subgraphNames) expect(letIn(name)).toEqual([[groupIn('gateway'), 4000]]);
  });

  test('lets into the database who has rows there, and into the bus the services', () => {
    expect(letIn('database')).toEqual(['users', 'jobs', 'media'].map((name) => [groupIn(name), 5432]));
    expect(new Set(letIn('bus').map(([group]) => group))).toEqual(new Set(serviceNames.map(groupIn)));
  });
});

describe('what roles may', () => {
  test.each(Object.entries(tasks))('%s reaches its own things and nothing else', (service, own) => {
    expect(prod.reachOf(`marquee-prod-${service}-task`)).toEqual([...everyTask, ...own].sort());
  });

  test.each(Object.entries(secrets))('%s is told its own secrets and nothing else', (service, own) => {
    const told = prod
      .container(service)
      .Secrets.map(({ Name, ValueFrom }: Json) =>
        ValueFrom.includes(':parameter/') ? Name : `${Name}=${ValueFrom.split('/')[1].slice(0, -8)}`,
      );
    expect(told.sort()).toEqual(own);
    const readable = prod
      .statementsOf(`marquee-prod-${service}-execution`)
      .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
      .flatMap(({ Resource }) => [Resource].flat() as string[]);
    const named = prod.container(service).Secrets.map(({ ValueFrom }: Json) => ValueFrom);
    expect(named).toEqual(expect.arrayContaining(readable));
  });

  test('names no action by a pattern, and every resource, except where AWS knows none', () => {
    const statements = [...prod.ofType('IAM::Policy'), ...shared.ofType('IAM::Policy')].flatMap(
      ({ properties }) => properties.PolicyDocument.Statement,
    );
    const actions = (chosen: Json[]) => new Set(chosen.flatMap(({ Action }) => [Action].flat() as string[]));
    expect([...actions(statements)].filter((action) => action.includes('*'))).toEqual([]);
    expect([...actions(statements.filter(({ Resource }) => Resource === '*'))].sort()).toEqual([
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:UnassignPrivateIpAddresses',
      'ecr:GetAuthorizationToken',
      'ecs:DescribeTaskDefinition',
      'ecs:RegisterTaskDefinition',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('gives a reason for every finding of cdk-nag that stands', () => {
    const acknowledged = ['prod', 'delivery'].flatMap(acknowledgedOf).filter(({ id }) => id.includes('AwsSolutions-'));
    expect(acknowledged.length).toBeGreaterThan(20);
    for (const { path, reason } of acknowledged) {
      expect(reason.length).toBeGreaterThan(20);
      expect(path.split('/').length).toBeGreaterThan(2);
    }
  });

  test('leaves no warning that would end a deploy, but for what a deploy fetches', () => {
    expect(['prod', 'delivery'].flatMap(warningsOf).filter((warning) => !warning.includes('sharp'))).toEqual([]);
  });

  test('lets workflows in by repository, environment and branch, word by word', () => {
    const workflows = [...prod.ofType('IAM::Role'), ...shared.ofType('IAM::Role')].flatMap(({ properties }) =>
      properties.AssumeRolePolicyDocument.Statement.filter(
        ({ Action }: Json) => Action === 'sts:AssumeRoleWithWebIdentity',
      ).map(({ Condition }: Json) => [properties.RoleName, Condition]),
    );
    const issuer = 'token.actions.githubusercontent.com';
    const pinned = (environment: string) => ({
      StringEquals: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: `repo:${delivery.repository}:environment:${environment}:ref:refs/heads/main`,
      },
    });
    expect(Object.fromEntries(workflows)).toEqual(
      Object.fromEntries(
        serviceNames.flatMap((name) => [
          [`marquee-prod-${name}-deploy`, pinned('prod')],
          [`marquee-build-${name}`, pinned('build')],
        ]),
      ),
    );
  });

  test.each(serviceNames)('who deploys %s changes that service alone', (service) => {
    const statements = prod.statementsOf(`marquee-prod-${service}-deploy`);
    const resourcesOfAction = (action: string) =>
      statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
    expect(resourcesOfAction('ecs:UpdateService')).toEqual([
      `arn:aws:ecs:eu-central-1:${account}:service/marquee-prod/${service}`,
    ]);
    expect(resourcesOfAction('iam:PassRole')).toEqual(
      ['execution', 'task'].map((role) => `arn:aws:iam::${account}:role/marquee-prod-${service}-${role}`),
    );
    const migrates = schemaNames.includes(service as SchemaName);
    expect(resourcesOfAction('ecs:RunTask')).toEqual(
      migrates ? [`arn:aws:ecs:eu-central-1:${account}:task-definition/marquee-prod-${service}-migrate:*`] : [],
    );
  });
});

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

describe('alarms', () => {
  const runbook = readFileSync(new URL('../runbook.md', import.meta.url), 'utf8');
  const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(' ', '-'),
  );
  const linked = /runbook\.md#([a-z-]+)$/;
  const described = () => [
    ...prod.ofType('CloudWatch::Alarm').map(({ properties }) => properties.AlarmDescription),
    ...prod.ofType('Events::Rule').map(({ properties }) => properties.Description),
  ];

  test('each leads to a section of the runbook, and each section is led to', () => {
    const links = described().map((description) => linked.exec(description)?.[1]);
    expect(new Set(links)).toEqual(new Set(sections));
    expect(new Set(sections).size).toBe(sections.length);
  });

  test('each is heard, and when it is over, too', () => {
    for (const { properties } of prod.ofType('CloudWatch::Alarm'))
      expect([properties.AlarmActions.length, properties.OKActions.length]).toEqual([1, 1]);
    expect(prod.ofType('SNS::Subscription').map(({ properties }) => properties.Endpoint)).toEqual([
      environments.prod.alarmEmail,
    ]);
  });

  test('those of the graph are about metrics that the collector sends', () => {
    const own = prod
      .ofType('CloudWatch::Alarm')
      .flatMap(({ properties }) =>
        [properties, ...(properties.Metrics ?? []).map(({ MetricStat }: Json) => MetricStat?.Metric ?? {})].filter(
          ({ Namespace }) => Namespace === 'Marquee/prod',
        ),
      );
    expect(own.length).toBeGreaterThan(20);
    for (const { MetricName, Dimensions } of own)
      expect(Dimensions.map(({ Name }: Json) => Name).sort()).toEqual(
        [...(metricDimensions.get(MetricName) ?? [])].sort(),
      );
  });
});

test('tables are as the services that own them define them, and are kept', () => {
  const definitions = { messaging: messagingTable, shows: showsTable };
  for (const [owner, { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes }] of Object.entries(definitions))
    expect(prod.named('DynamoDB::Table', `Table-${owner}`).properties ?? {}).toMatchObject({
      TableName: `${owner}-prod`,
      ...JSON.parse(JSON.stringify({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes })),
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
});

test('uploads call the function, which gives up into a queue; the world reads the public folder alone', () => {
  const { properties: bucket } = prod.named('S3::Bucket', 'Bucket', 'media');
  const lambda = prod
    .ofType('Lambda::Function')
    .find(({ properties }) => properties.FunctionName === 'marquee-prod-media');
  expectRead('media function', {
    Environment: Object.entries<string>(lambda?.properties.Environment.Variables).map(([Name, Value]) => ({
      Name,
      Value,
    })),
    Secrets: [{ Name: 'DATABASE_URL' }],
  });
  expect(lambda?.properties).toMatchObject({ Architectures: ['arm64'], MemorySize: 1536, Timeout: 180 });
  expect(lambda?.properties.DeadLetterConfig.TargetArn).toContain('DeadLetters');
  expect(bucket.BucketName).toBe(`marquee-prod-media-${account}`);
  expect(bucket.NotificationConfiguration.LambdaConfigurations).toEqual([
    {
      Event: 's3:ObjectCreated:*',
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } },
      Function: `${lambda?.stack}/${lambda?.id}.Arn`,
    },
  ]);
  expect(bucket.LifecycleConfiguration.Rules[0]).toMatchObject({ Prefix: 'incoming/', ExpirationInDays: 1 });
  expect(bucket.CorsConfiguration.CorsRules[0].AllowedMethods).toEqual(['POST']);
  const allowed = prod
    .named('S3::BucketPolicy', 'BucketPolicy', 'media')
    .properties.PolicyDocument.Statement.filter(({ Effect }: Json) => Effect === 'Allow');
  expect(allowed.map(({ Action, Resource }: Json) => [Action, Resource.split('.Arn')[1]])).toEqual([
    ['s3:GetObject', '/media/*'],
  ]);
  const headers = prod.ofType('CloudFront::ResponseHeadersPolicy')[0]?.properties.ResponseHeadersPolicyConfig;
  expect(headers.SecurityHeadersConfig).toMatchObject({
    ContentTypeOptions: { Override: true },
    ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'; sandbox" },
  });
});

test('the database speaks TLS alone, is encrypted and kept, and no password of it is in a template', () => {
  const [cluster] = prod.ofType('RDS::DBCluster');
  expect(cluster?.properties).toMatchObject({
    Engine: 'aurora-postgresql',
    EngineVersion: expect.stringMatching(/^17\./),
    DeletionProtection: true,
    ManageMasterUserPassword: true,
    ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 16 },
    StorageEncrypted: true,
  });
  expect(cluster?.properties).not.toHaveProperty('MasterUserPassword');
  const [parameters] = prod.ofType('RDS::DBClusterParameterGroup');
  expect(parameters?.properties.Parameters['rds.force_ssl']).toBe('1');
});

test('people sign in with a code, programs with a secret, and each is given its scopes', () => {
  const clients = prod.ofType('Cognito::UserPoolClient').map(({ properties }) => {
    const { ClientName, AllowedOAuthFlows, AllowedOAuthScopes, GenerateSecret } = properties;
    return [
      ClientName,
      AllowedOAuthFlows,
      GenerateSecret,
      AllowedOAuthScopes.map((scope: string) => scope.split('/').at(-1)),
    ];
  });
  expect(clients).toEqual([
    ['partner', ['client_credentials'], true, ['shows.read', 'graph.explore']],
    ['web', ['code'], false, ['openid', 'email', 'profile']],
    ['ingest', ['client_credentials'], true, ['shows.read', 'shows.write']],
  ]);
  const [pool] = prod.ofType('Cognito::UserPool');
  expect(pool?.properties.LambdaConfig.PreTokenGenerationConfig.LambdaVersion).toBe('V2_0');
  expect(pool?.properties.DeletionProtection).toBe('ACTIVE');
  expect(prod.ofType('Cognito::UserPoolResourceServer')[0]?.properties.Identifier).toBe('marquee');
});

test('the way in is behind the firewall and TLS', () => {
  expect(prod.ofType('WAFv2::WebACLAssociation')[0]?.properties.ResourceArn).toContain('marquee-prod-edge/Balancer');
  const listeners = prod.ofType('ElasticLoadBalancingV2::Listener').map(({ properties }) => properties);
  const [secure, plain] = ['HTTPS', 'HTTP'].map((name) => listeners.find(({ Protocol }) => Protocol === name));
  expect(secure.SslPolicy).toMatch(/TLS13/);
  expect(plain.DefaultActions).toMatchObject([{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS' } }]);
  for (const { properties } of prod.ofType('S3::BucketPolicy'))
    expect(JSON.stringify(properties.PolicyDocument)).toContain('"aws:SecureTransport":"false"');
});
