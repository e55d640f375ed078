import { Duration, type Stack } from 'aws-cdk-lib';
import { OidcProviderNative, type PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { workflowSubject } from '../names.js';
import type { EnvironmentName } from '../environments.js';

const issuer = 'token.actions.githubusercontent.com';

/** Lets workflows of GitHub be somebody in this account; who, is for the roles to say. */
export function workflowProvider(stack: Stack): OidcProviderNative {
  return new OidcProviderNative(stack, 'GitHub', { url: `https://${issuer}`, clientIds: ['sts.amazonaws.com'] });
}

export interface WorkflowRole {
  roleName: string;
  description: string;
  /** The environment of GitHub that its jobs run in. */
  environment: EnvironmentName | 'build';
  statements: readonly PolicyStatement[];
}

/** A role for the jobs of one repository, environment and branch; each word of the subject counts. */
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
  for (const right of statements) role.addToPolicy(right);
  return role;
}
