import { Duration, type Stack } from 'aws-cdk-lib';
import { OidcProviderNative, type PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { workflowSubject } from '../names.js';
import type { EnvironmentName } from '../environments.js';

const issuer = 'token.actions.githubusercontent.com';

/** Trusts GitHub's tokens in this account. Each role restricts which workflows may assume it. */
export function workflowProvider(stack: Stack): OidcProviderNative {
  return new OidcProviderNative(stack, 'GitHub', { url: `https://${issuer}`, clientIds: ['sts.amazonaws.com'] });
}

export interface WorkflowRole {
  roleName: string;
  description: string;
  /** The GitHub environment of the jobs. */
  environment: EnvironmentName | 'build';
  statements: readonly PolicyStatement[];
}

/** A role that only the jobs of one repository, environment and branch can assume. */
export function workflowRole(stack: Stack, provider: OidcProviderNative, plan: WorkflowRole): Role {
  const { roleName, description, environment, statements } = plan;
  const conditions = {
    StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: workflowSubject(environment) },
  };
  const role = new Role(stack, roleName, {
    roleName,
    description,
    assumedBy: new WebIdentityPrincipal(provider.oidcProviderArn, conditions),
    maxSessionDuration: Duration.hours(1),
  });
  for (const statement of statements) role.addToPolicy(statement);
  return role;
}
