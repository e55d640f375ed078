import { expect, test } from '@jest/globals';
import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';
import { environments } from '../../src/environments.js';
import { tableNames } from '../../src/names.js';
import { expectValidEnvironment } from '../environment.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

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
    ['partner', ['client_credentials'], true, ['shows.read', 'graph.explore']],
    ['web', ['code'], false, ['openid', 'email', 'profile']],
    ['ingest', ['client_credentials'], true, ['shows.read', 'shows.write']],
  ]);
  const [pool] = prod.ofType('Cognito::UserPool');
  expect(pool?.properties.LambdaConfig.PreTokenGenerationConfig.LambdaVersion).toBe('V2_0');
  expect(pool?.properties.DeletionProtection).toBe('ACTIVE');
  expect(prod.ofType('Cognito::UserPoolResourceServer')[0]?.properties.Identifier).toBe('marquee');
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
