import { Duration, type Stack } from 'aws-cdk-lib';
import { OidcProviderNative, type PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { branchSubject, workflowSubject } from '../names.js';
import type { EnvironmentName } from '../environments.js';

const issuer = 'token.actions.githubusercontent.com';

/** Trusts GitHub's tokens in this account. Each role restricts which workflows may assume it. */
export function workflowProvider(stack: Stack): OidcProviderNative {
  return new OidcProviderNative(stack, 'GitHub', { url: `https://${issuer}`, clientIds: ['sts.amazonaws.com'] });
}

export interface WorkflowRole {
  roleName: string;
  description: string;
  /** The GitHub environment of the jobs on the main branch, or `staging` for the jobs of pull requests. */
  environment: EnvironmentName | 'build' | 'staging';
  statements: readonly PolicyStatement[];
}

/** A role that only the jobs of one repository, environment and branch can assume, or those of its pull requests. */
export function workflowRole(stack: Stack, provider: OidcProviderNative, plan: WorkflowRole): Role {
  const { roleName, description, environment, statements } = plan;
  const audience = { [`${issuer}:aud`]: 'sts.amazonaws.com' };
  const subject = `${issuer}:sub`;
  const conditions =
    environment === 'staging'
      ? { StringEquals: audience, StringLike: { [subject]: branchSubject } }
      : { StringEquals: { ...audience, [subject]: workflowSubject(environment) } };
  const role = new Role(stack, roleName, {
    roleName,
    description,
    assumedBy: new WebIdentityPrincipal(provider.oidcProviderArn, conditions),
    maxSessionDuration: Duration.hours(1),
  });
  for (const statement of statements) role.addToPolicy(statement);
  return role;
}
