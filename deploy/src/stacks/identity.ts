import { type App, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolEmail,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { acknowledge } from '../acknowledgements.js';
import type { Environment } from '../environments.js';
import { mailSender, namesOf } from '../names.js';
import { output } from '../output.js';
import { createStack } from '../stack.js';
import { createClients } from './identity/clients.js';
import { preTokenFunction } from './identity/pre-token-function.js';

export interface Identity {
  /** The user pool at which people sign in. */
  pool: UserPool;
  /** `iss` of the access tokens. */
  issuer: string;
  clientIds: readonly string[];
  /** The client that may use only the partner contract. */
  partnerClientId: string;
  /** The prefix of scopes in tokens. */
  scopePrefix: string;
  /** Where machine clients request their tokens. */
  tokenUrl: string;
}

/** Groups for the administration of users. Permissions are in the users service's database. */
const groups = ['ADMIN', 'REVIEWER', 'HIRING_USER', 'FREELANCER'];

/** The user pool, which signs people in and issues tokens to machine clients. @param sender with which SES sends codes */
export function identity(app: App, environment: Environment, sender: Stack | undefined): Identity {
  const stack = createStack(app, environment, 'identity', 'Users, machine clients and their tokens');
  if (sender) stack.addStackDependency(sender, 'Cognito accepts only a domain that SES has verified.');
  const pool = createPool(stack, environment);
  for (const groupName of groups)
    new CfnUserPoolGroup(stack, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName });
  // Domain prefixes are unique across all accounts.
  const domain = pool.addDomain('Domain', {
    cognitoDomain: { domainPrefix: `${namesOf(environment).prefix}-${environment.account}` },
  });
  const issuer = `https://cognito-idp.${environment.region}.amazonaws.com/${pool.userPoolId}`;
  output(stack, 'UserPool', pool.userPoolId, 'The user pool, for the AWS CLI');
  output(stack, 'Issuer', issuer, 'The issuer of access tokens');
  output(stack, 'SignInUrl', domain.baseUrl(), 'The pages to sign in and the address of /oauth2/token');
  const tokenUrl = `${domain.baseUrl()}/oauth2/token`;
  return { pool, issuer, tokenUrl, ...createClients(stack, environment, pool) };
}

function createPool(stack: Stack, environment: Environment): UserPool {
  const pool = new UserPool(stack, 'People', {
    userPoolName: namesOf(environment).prefix,
    ...signInOptions,
    ...protection(environment),
    ...signUpMail(environment),
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(pool, {
    'AwsSolutions-COG2': 'A second factor is optional; a marketplace cannot require an authenticator app.',
    ...(!environment.threatProtection && { 'AwsSolutions-COG8': 'The environment has only test users.' }),
  });
  const trigger = preTokenFunction(stack, environment);
  pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger, LambdaVersion.V2_0);
  return pool;
}

/** Cognito sends 50 messages a day, SES as many as the account may. */
function signUpMail(environment: Environment) {
  if (environment.signUpMail === 'cognito') return {};
  const sender = { fromEmail: mailSender(environment), fromName: 'Marquee', sesVerifiedDomain: environment.zone.name };
  return { email: UserPoolEmail.withSES({ ...sender, sesRegion: environment.region }) };
}

const signInOptions = {
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

/** Customized access tokens require the ESSENTIALS plan, threat protection the PLUS plan. */
function protection({ threatProtection }: Environment) {
  if (!threatProtection) return { featurePlan: FeaturePlan.ESSENTIALS };
  const standardThreatProtectionMode = StandardThreatProtectionMode.FULL_FUNCTION;
  return { featurePlan: FeaturePlan.PLUS, standardThreatProtectionMode };
}
