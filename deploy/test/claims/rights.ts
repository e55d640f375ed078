import { describe, expect, test } from '@jest/globals';
import { delivery } from '../../src/environments.js';
import { environments } from '../../src/environments.js';
import { type SchemaName, schemaNames, serviceNames } from '../../src/names.js';
import { everyTask, secrets, tasks } from '../rights.js';
import { prod, shared } from '../synthesized.js';
import { acknowledgedOf, type Json, warningsOf } from '../templates.js';

const account = environments.prod.account;

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
