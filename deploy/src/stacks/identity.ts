import { type App, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import { createStack } from '../stack.js';
import { createClients } from './identity/clients.js';
import { preTokenFunction } from './identity/pre-token.js';

export interface Identity {
  /** `iss` of the access tokens. */
  issuer: string;
  clientIds: readonly string[];
  /** The client that is held to the contract of partners. */
  partnerClientId: string;
  /** What a scope begins with in a token. */
  scopePrefix: string;
}

/** For people who sort users; what somebody may do is in the database of the users service. */
const groups = ['ADMIN', 'REVIEWER', 'HIRING_USER', 'FREELANCER'];

/** Who signs people in, and gives programs their tokens. */
export function identity(app: App, environment: Environment): Identity {
  const stack = createStack(app, environment, 'identity', 'People and programs, and their tokens');
  const pool = createPool(stack, environment);
  for (const groupName of groups)
    new CfnUserPoolGroup(stack, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName });
  // Names of domains are everybody's.
  pool.addDomain('Domain', {
    cognitoDomain: { domainPrefix: `${namesOf(environment).prefix}-${environment.account}` },
  });
  const issuer = `https://cognito-idp.${environment.region}.amazonaws.com/${pool.userPoolId}`;
  return { issuer, ...createClients(stack, environment, pool) };
}

function createPool(stack: Stack, environment: Environment): UserPool {
  const pool = new UserPool(stack, 'People', {
    userPoolName: namesOf(environment).prefix,
    ...signingIn,
    ...protection(environment),
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(pool, {
    'AwsSolutions-COG2': 'People choose a second factor; a marketplace cannot demand an app of them.',
    ...(!environment.threatProtection && { 'AwsSolutions-COG8': 'Only invented people have accounts here.' }),
  });
  const adding = preTokenFunction(stack, environment);
  pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, adding, LambdaVersion.V2_0);
  return pool;
}

const signingIn = {
  signInAliases: { email: true },
  selfSignUpEnabled: true,
  autoVerify: { email: true },
  keepOriginal: { email: true },
  standardAttributes: { email: { required: true, mutable: true }, fullname: { mutable: true } },
  passwordPolicy: {
    minLength: 12,
    requireDigits: true,
    requireLowercase: true,
    requireUppercase: true,
    requireSymbols: true,
  },
  mfa: Mfa.OPTIONAL,
  mfaSecondFactor: { otp: true, sms: false },
  accountRecovery: AccountRecovery.EMAIL_ONLY,
};

/** Access tokens can be added to from the plan ESSENTIALS on. */
function protection({ threatProtection }: Environment) {
  if (!threatProtection) return { featurePlan: FeaturePlan.ESSENTIALS };
  const standardThreatProtectionMode = StandardThreatProtectionMode.FULL_FUNCTION;
  return { featurePlan: FeaturePlan.PLUS, standardThreatProtectionMode };
}
