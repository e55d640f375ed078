import { Duration, type Stack } from 'aws-cdk-lib';
import { Architecture, Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { assetPath } from '../../paths.js';
import type { Environment } from '../../environments.js';
import { functionRole } from '../../function-role.js';
import { logGroup } from '../../log-group.js';
import { namesOf } from '../../names.js';

/** The function that adds the verified email to access tokens. Cognito's time-out is 5 s. */
export function preTokenFunction(stack: Stack, environment: Environment): Lambda {
  return new Lambda(stack, 'PreToken', {
    functionName: `${namesOf(environment).prefix}-pre-token`,
    description: 'Adds the verified email to access tokens',
    code: Code.fromAsset(assetPath('pre-token')),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.seconds(5),
    tracing: Tracing.ACTIVE,
    role: functionRole(stack, environment, 'pre-token', { inNetwork: false }),
    logGroup: logGroup(stack, environment, 'pre-token'),
  });
}
