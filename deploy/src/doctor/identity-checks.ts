import type { Finding } from '@marquee/local/doctor/examination';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from '../secrets/aws.js';
import { clientNames } from '../stacks/identity/client-names.js';

interface Pool {
  EmailConfiguration?: { EmailSendingAccount?: 'COGNITO_DEFAULT' | 'DEVELOPER' };
}

/** Whether people, partners and the import of shows can get tokens. */
export async function signInClients(aws: Aws, environment: Environment): Promise<Finding> {
  const remedy = `npm run deploy -- ${environment.name} identity`;
  const UserPoolId = await findPool(aws, environment);
  if (UserPoolId === undefined) return { lack: 'there is no user pool', remedy };
  const input = { UserPoolId, MaxResults: 60 };
  const { UserPoolClients } = await aws<{ UserPoolClients: { ClientName: string }[] }>(
    'cognito-idp',
    'list-user-pool-clients',
    input,
  );
  const known = UserPoolClients.map(({ ClientName }) => ClientName);
  const missing = clientNames.filter((name) => !known.includes(name));
  if (missing.length > 0) return { lack: `no client ${missing.join(', ')}`, remedy };
  return { found: clientNames.join(', ') };
}

/** Whether codes reach people who sign up, and alarms those on call. */
export async function mail(aws: Aws, environment: Environment): Promise<Finding> {
  if (!(await isSubscribed(aws, environment)))
    return {
      lack: `${environment.alarmEmail} has not confirmed that it receives alarms`,
      remedy:
        'Follow the link in the message of AWS Notifications; `npm run deploy -- ENV observability` sends it again.',
    };
  if (environment.signUpMail === 'cognito') return { found: 'alarms are confirmed; Cognito sends 50 codes a day' };
  return sesFinding(aws, environment);
}

async function sesFinding(aws: Aws, environment: Environment): Promise<Finding> {
  const account = await aws<{ ProductionAccessEnabled?: boolean }>('sesv2', 'get-account');
  if (!account.ProductionAccessEnabled)
    return {
      lack: 'SES sends only to verified addresses (sandbox), so that other people cannot sign up',
      remedy: 'aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL --website-url URL',
    };
  const UserPoolId = await findPool(aws, environment);
  const { UserPool } = await aws<{ UserPool: Pool }>('cognito-idp', 'describe-user-pool', { UserPoolId });
  if (UserPool.EmailConfiguration?.EmailSendingAccount === 'DEVELOPER')
    return { found: 'alarms are confirmed; SES sends codes' };
  return { lack: 'Cognito sends 50 codes a day', remedy: `npm run deploy -- ${environment.name} identity` };
}

async function findPool(aws: Aws, environment: Environment): Promise<string | undefined> {
  const input = { MaxResults: 60 };
  const { UserPools } = await aws<{ UserPools: { Id: string; Name: string }[] }>(
    'cognito-idp',
    'list-user-pools',
    input,
  );
  return UserPools.find(({ Name }) => Name === namesOf(environment).prefix)?.Id;
}

/** A subscription has no ARN before it is confirmed. */
async function isSubscribed(aws: Aws, environment: Environment): Promise<boolean> {
  const { account, region } = environment;
  const TopicArn = `arn:aws:sns:${region}:${account}:${namesOf(environment).alarmTopic}`;
  const { Subscriptions } = await aws<{ Subscriptions: { Endpoint: string; SubscriptionArn: string }[] }>(
    'sns',
    'list-subscriptions-by-topic',
    { TopicArn },
  );
  return Subscriptions.some(
    ({ Endpoint, SubscriptionArn }) => Endpoint === environment.alarmEmail && SubscriptionArn.startsWith('arn:'),
  );
}
