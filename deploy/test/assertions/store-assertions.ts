import { expect, test } from '@jest/globals';
import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { environments } from '../../src/environments.js';
import { tableNames } from '../../src/names.js';
import { expectValidEnvironment } from '../environment.js';
import { prod } from '../synthesized.js';
import { type Json, outputsOf } from '../templates.js';

const account = environments.prod.account;

test.each(tableNames)(
  'the table of %s has the definition of its service, and is protected against loss',
  async (name) => {
    const { tableDefinition } = (await import(`@marquee/${name}/table`)) as { tableDefinition: TableDefinition };
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = tableDefinition;
    expect(prod.named('DynamoDB::Table', `Table-${name}`).properties).toMatchObject({
      TableName: `${name}-prod`,
      ...JSON.parse(JSON.stringify({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes })),
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
  },
);

test('uploads invoke the function, failed events go to its dead-letter queue, and only the public folder is readable', () => {
  const { properties: bucket } = prod.named('S3::Bucket', 'Bucket', 'media');
  const lambda = prod
    .ofType('Lambda::Function')
    .find(({ properties }) => properties.FunctionName === 'marquee-prod-media');
  expectValidEnvironment('media function', {
    Environment: Object.entries<string>(lambda?.properties.Environment.Variables).map(([Name, Value]) => ({
      Name,
      Value,
    })),
    Secrets: [{ Name: 'DATABASE_URL' }],
  });
  expect(lambda?.properties).toMatchObject({ Architectures: ['arm64'], MemorySize: 1536, Timeout: 900 });
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

test('the database requires TLS, is encrypted and protected against deletion, and no template contains its password', () => {
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

test('people sign in with an authorization code, machine clients with a secret, each with its scopes', () => {
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
    ['partner', ['client_credentials'], true, ['shows.read', 'webhooks.manage', 'graph.explore']],
    ['web', ['code'], false, ['openid', 'email', 'profile']],
    ['ingest', ['client_credentials'], true, ['shows.read', 'shows.write']],
  ]);
  const [pool] = prod.ofType('Cognito::UserPool');
  expect(pool?.properties.LambdaConfig.PreTokenGenerationConfig.LambdaVersion).toBe('V2_0');
  expect(pool?.properties.DeletionProtection).toBe('ACTIVE');
  expect(prod.ofType('Cognito::UserPoolResourceServer')[0]?.properties.Identifier).toBe('marquee');
});

test('the firewall lets through everything that the gateway allows, and inspects no GraphQL', () => {
  const rules = prod.ofType('WAFv2::WebACL')[0]?.properties.Rules as Json[];
  const limits = rules.flatMap(({ Name, Statement: { RateBasedStatement: rate } }) =>
    rate ? [[Name, rate.AggregateKeyType, rate.Limit / rate.EvaluationWindowSec]] : [],
  );
  const own = Object.fromEntries(
    prod.container('gateway').Environment.map(({ Name, Value }: Json) => [Name, Number(Value)]),
  );
  expect(limits).toEqual([
    ['rate-per-address', 'IP', 2 * own.RATE_PER_ADDRESS],
    ['rate-per-caller', 'CUSTOM_KEYS', 2 * own.RATE_PER_CALLER],
  ]);
  const managed = rules.flatMap(({ Statement: { ManagedRuleGroupStatement: group } }) => group ?? []);
  expect(managed).toHaveLength(3);
  for (const { Name, ScopeDownStatement } of managed)
    expect([Name, ScopeDownStatement?.NotStatement.Statement.ByteMatchStatement.SearchString]).toEqual([
      Name,
      Name.includes('IpReputation') ? undefined : '/graphql',
    ]);
  expect(managed.flatMap(({ RuleActionOverrides }) => RuleActionOverrides)).toEqual([
    { Name: 'NoUserAgent_HEADER', ActionToUse: { Count: {} } },
  ]);
});

test('a front end is served from a bucket that only its distribution can read, at an origin that CORS allows', () => {
  const bucket = prod.named('S3::Bucket', 'Bucket', 'site').properties;
  expect(bucket.BucketName).toBe(`marquee-prod-site-${account}`);
  const [site] = prod
    .ofType('CloudFront::Distribution')
    .filter(({ stack }) => stack === 'marquee-prod-site')
    .map(({ properties }) => properties.DistributionConfig);
  expect(
    site.CustomErrorResponses.map(({ ErrorCode, ResponsePagePath }: Json) => [ErrorCode, ResponsePagePath]),
  ).toEqual([
    [403, '/index.html'],
    [404, '/index.html'],
  ]);
  const origins = prod.container('gateway').Environment.find(({ Name }: Json) => Name === 'CORS_ORIGINS').Value;
  expect(origins.split(',')).toContain(`https://${site.Aliases[0]}`);
  expect(environments.test.webOrigins).toContain('http://localhost:5173');
  expect(environments.prod.webOrigins.filter((origin) => origin.includes('localhost'))).toEqual([]);
});

test('people find the addresses and names that they need in the outputs of the stacks', () => {
  const outputs = [...outputsOf('prod'), ...outputsOf('delivery')];
  for (const name of ['GraphUrl', 'Registry', 'MediaUrl', 'UserPool', 'SignInUrl', 'Clientweb', 'Clientpartner'])
    expect(outputs).toContain(name);
  for (const name of ['SiteUrl', 'SiteBucket', 'SiteDistribution', 'DatabaseHost', 'Dashboard', 'Imagesusers'])
    expect(outputs).toContain(name);
});

test('the media function reserves nothing of the concurrency, which a new account cannot spare', () => {
  for (const { properties } of prod.ofType('Lambda::Function'))
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('the entry point is protected by the firewall and TLS', () => {
  expect(prod.ofType('WAFv2::WebACLAssociation')[0]?.properties.ResourceArn).toContain('marquee-prod-edge/Balancer');
  const listeners = prod.ofType('ElasticLoadBalancingV2::Listener').map(({ properties }) => properties);
  const [secure, plain] = ['HTTPS', 'HTTP'].map((name) => listeners.find(({ Protocol }) => Protocol === name));
  expect(secure.SslPolicy).toMatch(/TLS13/);
  expect(plain.DefaultActions).toMatchObject([{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS' } }]);
  for (const { properties } of prod.ofType('S3::BucketPolicy'))
    expect(JSON.stringify(properties.PolicyDocument)).toContain('"aws:SecureTransport":"false"');
});
