import { describe, expect, test } from '@jest/globals';
import { delivery, environments } from '../../src/environments.js';
import { schemaNames, serviceNames, subgraphNames } from '../../src/names.js';
import { commonResources, secrets, taskResources } from '../expected-grants.js';
import { prod, shared, stagingRoles } from '../synthesized.js';
import { acknowledgedOf, type Json, type Templates, warningsOf } from '../templates.js';

const account = environments.prod.account;

describe('roles', () => {
  test.each(taskResources)('the task role of %s can access only its own resources', (service, own) => {
    expect(prod.resourcesOfRole(`marquee-prod-${service}-task`)).toEqual([...commonResources, ...own].sort());
  });

  test('only messaging may scan its table, for the data of earlier builds', () => {
    const scanning = serviceNames.filter((name) =>
      prod.statementsOf(`marquee-prod-${name}-task`).some(({ Action }) => [Action].flat().includes('dynamodb:Scan')),
    );
    expect(scanning).toEqual(['messaging']);
  });

  test.each(secrets)('the containers of %s receive only its own secrets', (service, own) => {
    const received = prod
      .container(service)
      .Secrets.map(({ Name, ValueFrom }: Json) =>
        ValueFrom.includes(':parameter/') ? Name : `${Name}=${ValueFrom.split('/')[1].slice(0, -8)}`,
      );
    expect(received.sort()).toEqual(own);
    const readable = prod
      .statementsOf(`marquee-prod-${service}-execution`)
      .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
      .flatMap(({ Resource }) => [Resource].flat() as string[]);
    const named = prod.container(service).Secrets.map(({ ValueFrom }: Json) => ValueFrom);
    expect(named).toEqual(expect.arrayContaining(readable));
  });

  test('policies use no action wildcards, and no resource wildcards where AWS supports resource-level permissions', () => {
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

  test('every acknowledged cdk-nag finding has a reason and belongs to a single construct', () => {
    const acknowledged = ['prod', 'delivery'].flatMap(acknowledgedOf).filter(({ id }) => id.includes('AwsSolutions-'));
    expect(acknowledged.length).toBeGreaterThan(20);
    for (const { path, reason } of acknowledged) {
      expect(reason.length).toBeGreaterThan(20);
      expect(path.split('/').length).toBeGreaterThan(2);
    }
  });

  test('synthesis emits no warning, except for the sharp binary that a deploy downloads', () => {
    expect(['prod', 'delivery'].flatMap(warningsOf).filter((warning) => !warning.includes('sharp'))).toEqual([]);
  });

  test('workflow roles trust exactly one repository, environment and branch', () => {
    const own = serviceNames.flatMap((name) => [
      [`marquee-prod-${name}-deploy`, trustOf('prod')],
      [`marquee-build-${name}`, trustOf('build')],
      [`marquee-branch-build-${name}`, branchTrust],
    ]);
    const site = ['marquee-prod-site-deploy', trustOf('prod')];
    expect(trustsOf(prod, shared)).toEqual(Object.fromEntries([...own, site]));
  });

  test('only pull requests can assume the roles for branches, which exist on staging alone', () => {
    const branches = serviceNames.map((name) => [`marquee-test-${name}-stage`, branchTrust]);
    expect(trustsOf(stagingRoles)).toMatchObject(Object.fromEntries(branches));
    for (const service of serviceNames) {
      const statements = stagingRoles.statementsOf(`marquee-test-${service}-stage`);
      const actions = statements.flatMap(({ Action }) => [Action].flat() as string[]);
      // A branch cannot become the image that a stack update deploys, and runs no migration.
      for (const action of ['ssm:PutParameter', 's3:PutObject', 'ecs:RunTask']) expect(actions).not.toContain(action);
      expect(resourcesOf(statements, 'ssm:GetParameter').map((parameter) => parameter.split('/').at(-1))).toEqual([
        'definition',
        'image',
        'release',
      ]);
      expect(resourcesOf(statements, 'lambda:InvokeFunction')).toEqual(
        service === 'gateway'
          ? []
          : [`${lambdas(environments.test.account)}:function:marquee-test-publisher:${service}-preview`],
      );
    }
  });

  test('only staging can pull the images of branches', () => {
    const repositories = shared.ofType('ECR::Repository').map(({ properties }) => properties);
    const pullers = (name: string) =>
      JSON.stringify(repositories.find(({ RepositoryName }) => RepositoryName === name).RepositoryPolicyText);
    for (const service of serviceNames) {
      expect(pullers(`marquee/branches/${service}`)).not.toContain(environments.prod.account);
      expect(pullers(`marquee/branches/${service}`)).toContain(environments.test.account);
      expect(pullers(`marquee/${service}`)).toContain(environments.prod.account);
    }
  });

  test.each(serviceNames)('the deploy role of %s can change only that service', (service) => {
    const statements = prod.statementsOf(`marquee-prod-${service}-deploy`);
    const resourcesOfAction = (action: string) => resourcesOf(statements, action);
    expect(resourcesOfAction('ecs:UpdateService')).toEqual([
      `arn:aws:ecs:eu-central-1:${account}:service/marquee-prod/${service}`,
    ]);
    expect(resourcesOfAction('iam:PassRole')).toEqual(
      ['execution', 'task'].map((role) => `arn:aws:iam::${account}:role/marquee-prod-${service}-${role}`),
    );
    const migrates = schemaNames.includes(service);
    expect(resourcesOfAction('ecs:RunTask')).toEqual(
      migrates ? [`arn:aws:ecs:eu-central-1:${account}:task-definition/marquee-prod-${service}-migrate:*`] : [],
    );
    expect(resourcesOfAction('ssm:PutParameter')).toEqual(
      ['image', 'release'].map(
        (what) => `arn:aws:ssm:eu-central-1:${account}:parameter/marquee/prod/${service}/${what}`,
      ),
    );
    // It writes nothing to the registry itself.
    expect(resourcesOfAction('s3:PutObject')).toEqual([]);
    expect(resourcesOfAction('lambda:InvokeFunction')).toEqual(
      service === 'gateway' ? [] : [`${lambdas(account)}:function:marquee-prod-publisher:${service}`],
    );
  });

  test('the publisher has an alias for each service, and is the only writer of versions', () => {
    const aliases = prod.ofType('Lambda::Alias').map(({ properties }) => properties.Name);
    expect(aliases.toSorted()).toEqual([...subgraphNames].sort());
    const writers = prod
      .ofType('IAM::Policy')
      .filter(({ properties }) => JSON.stringify(properties.PolicyDocument).includes('/versions/*'))
      .flatMap(({ properties }) => properties.Roles);
    expect(writers).toEqual([expect.stringMatching('^marquee-prod-registry/FunctionRolepublisher')]);
  });
});

const issuer = 'token.actions.githubusercontent.com';
const audience = { [`${issuer}:aud`]: 'sts.amazonaws.com' };
const branchTrust = {
  StringEquals: audience,
  StringLike: { [`${issuer}:sub`]: `repo:${delivery.repository}:environment:staging:ref:refs/pull/*/merge` },
};

function trustOf(environment: string): Json {
  const subject = `repo:${delivery.repository}:environment:${environment}:ref:refs/heads/main`;
  return { StringEquals: { ...audience, [`${issuer}:sub`]: subject } };
}

/** The conditions under which workflows can assume roles, by role. */
function trustsOf(...all: Templates[]): Record<string, Json> {
  const roles = all.flatMap((templates) => templates.ofType('IAM::Role'));
  return Object.fromEntries(
    roles.flatMap(({ properties }) =>
      properties.AssumeRolePolicyDocument.Statement.filter(
        ({ Action }: Json) => Action === 'sts:AssumeRoleWithWebIdentity',
      ).map(({ Condition }: Json) => [properties.RoleName, Condition]),
    ),
  );
}

function lambdas(account: string): string {
  return `arn:aws:lambda:eu-central-1:${account}`;
}

function resourcesOf(statements: Json[], action: string): string[] {
  return statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
}
