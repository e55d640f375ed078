import type { Finding } from '@marquee/local/doctor/examination';
import { subgraphs } from '@marquee/schema/services';
import { type Environment, usesSes } from '../environments.js';
import { mailSender, namesOf } from '../names.js';
import { type Aws, AwsError } from '../secrets/aws.js';

/** Whether SES delivers the emails of the environment, and services pass theirs to it. */
export async function mail(aws: Aws, environment: Environment): Promise<Finding> {
  if (!usesSes(environment)) return { found: 'the environment sends no notifications by email' };
  return (
    (await domainLack(aws, environment)) ??
    (await accountLack(aws)) ??
    (await transportLack(aws, environment)) ?? { found: `SES sends from ${mailSender(environment)}` }
  );
}

async function domainLack(aws: Aws, environment: Environment): Promise<Finding | undefined> {
  const domain = environment.zone.name;
  const deploy = `npm run deploy -- ${environment.name} mail`;
  const found = await readDomain(aws, domain);
  if (!found) return { lack: `SES does not know the domain ${domain}`, remedy: deploy };
  if (found.VerifiedForSendingStatus) return undefined;
  return {
    lack: `SES has not verified the domain ${domain} (DKIM: ${found.DkimAttributes?.Status ?? 'unknown'})`,
    remedy: `Delegate the zone, see step 1 of deploy/README.md. If it is delegated and three days have passed, delete the stack ${namesOf(environment).stack('mail')}, then \`${deploy}\`.`,
  };
}

interface Domain {
  VerifiedForSendingStatus?: boolean;
  DkimAttributes?: { Status?: string };
}

async function readDomain(aws: Aws, EmailIdentity: string): Promise<Domain | undefined> {
  try {
    return await aws<Domain>('sesv2', 'get-email-identity', { EmailIdentity });
  } catch (failure) {
    if (failure instanceof AwsError && failure.code === 'NotFoundException') return undefined;
    throw failure;
  }
}

async function accountLack(aws: Aws): Promise<Finding | undefined> {
  const account = await aws<{
    ProductionAccessEnabled?: boolean;
    SendingEnabled?: boolean;
    EnforcementStatus?: string;
  }>('sesv2', 'get-account');
  if (!account.ProductionAccessEnabled)
    return {
      lack: 'SES sends only to verified addresses (sandbox): other people get neither codes nor notifications',
      remedy: 'aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL --website-url URL',
    };
  if (account.SendingEnabled) return undefined;
  return {
    lack: `SES has paused the sending of the account (${account.EnforcementStatus ?? 'unknown'})`,
    remedy: 'The section "mail-bounces" of the runbook.',
  };
}

async function transportLack(aws: Aws, environment: Environment): Promise<Finding | undefined> {
  if (environment.notificationMail === 'none') return undefined;
  const senders = subgraphs.flatMap(({ name, mail: sends }) => (sends ? [name] : []));
  const silent = await Promise.all(
    senders.map(async (service) => ((await transportOf(aws, environment, service)) === 'ses' ? [] : [service])),
  );
  const names = silent.flat();
  if (names.length === 0) return undefined;
  const lack = `tasks of ${names.join(', ')} do not run with MAIL_TRANSPORT=ses, so that they send no notifications`;
  return { lack, remedy: `npm run deploy -- ${environment.name} ${names.join(' ')}` };
}

interface Container {
  name: string;
  environment?: { name: string; value: string }[];
}

/** `MAIL_TRANSPORT` of the deployed service. Undefined if it is not deployed, or from before it had the variable. */
async function transportOf(aws: Aws, environment: Environment, service: string): Promise<string | undefined> {
  const input = { cluster: namesOf(environment).cluster, services: [service] };
  const { services } = await aws<{ services: { serviceName: string; taskDefinition?: string }[] }>(
    'ecs',
    'describe-services',
    input,
  );
  const taskDefinition = services.find(({ serviceName }) => serviceName === service)?.taskDefinition;
  if (taskDefinition === undefined) return undefined;
  const found = await aws<{ taskDefinition: { containerDefinitions: Container[] } }>(
    'ecs',
    'describe-task-definition',
    { taskDefinition },
  );
  const container = found.taskDefinition.containerDefinitions.find(({ name }) => name === service);
  return container?.environment?.find(({ name }) => name === 'MAIL_TRANSPORT')?.value;
}
