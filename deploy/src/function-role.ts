import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledgements.js';
import type { Environment } from './environments.js';
import { namesOf } from './names.js';

/** A role for a function that may write only its own log and traces. The managed policies of AWS allow any log group. */
export function functionRole(
  stack: Stack,
  environment: Environment,
  name: string,
  { inNetwork }: { inNetwork: boolean },
): Role {
  const role = new Role(stack, `FunctionRole-${name}`, {
    roleName: `${namesOf(environment).prefix}-${name}-function`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  const streams = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${namesOf(environment).logGroup(name)}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  role.addToPolicy(
    new PolicyStatement({ sid: 'Log', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [streams] }),
  );
  if (inNetwork) role.addToPolicy(networkStatement());
  acknowledge(role, {
    [`AwsSolutions-IAM5[Resource::${streams}]`]: 'Lambda assigns the names of log streams.',
    'AwsSolutions-IAM5[Resource::*]': 'X-Ray and network interfaces of functions have no resource-level permissions.',
  });
  return role;
}

/** Lambda creates and deletes network interfaces with ids that are not known in advance. */
function networkStatement(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Interfaces',
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}
