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

/** Whether codes to people who sign up have the sender that the environment names. */
export async function signUpMail(aws: Aws, environment: Environment): Promise<Finding> {
  if (environment.signUpMail === 'cognito') return { found: 'Cognito sends 50 codes a day' };
  const remedy = `npm run deploy -- ${environment.name} identity`;
  const UserPoolId = await findPool(aws, environment);
  if (UserPoolId === undefined) return { lack: 'there is no user pool', remedy };
  const { UserPool } = await aws<{ UserPool: Pool }>('cognito-idp', 'describe-user-pool', { UserPoolId });
  if (UserPool.EmailConfiguration?.EmailSendingAccount === 'DEVELOPER') return { found: 'SES sends codes' };
  return { lack: 'Cognito sends 50 codes a day', remedy };
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
