import { describe, expect, test } from '@jest/globals';
import { delivery, environments } from '../../src/environments.js';
import { schemaNames, serviceNames } from '../../src/names.js';
import { commonResources, secrets, taskResources } from '../expected-grants.js';
import { prod, shared } from '../synthesized.js';
import { acknowledgedOf, type Json, warningsOf } from '../templates.js';

const account = environments.prod.account;

describe('roles', () => {
  test.each(taskResources)('the task role of %s can access only its own resources', (service, own) => {
    expect(prod.resourcesOfRole(`marquee-prod-${service}-task`)).toEqual([...commonResources, ...own].sort());
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
        [...serviceNames, 'site'].flatMap((name) => [
          [`marquee-prod-${name}-deploy`, pinned('prod')],
          ...(name === 'site' ? [] : [[`marquee-build-${name}`, pinned('build')]]),
        ]),
      ),
    );
  });

  test.each(serviceNames)('the deploy role of %s can change only that service', (service) => {
    const statements = prod.statementsOf(`marquee-prod-${service}-deploy`);
    const resourcesOfAction = (action: string) =>
      statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
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
  });
});
