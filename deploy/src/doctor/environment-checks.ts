import type { Check } from '@marquee/local/doctor/examination';
import { answersCheck } from '@marquee/local/doctor/graph-checks';
import type { Environment } from '../environments.js';
import { graphHost } from '../names.js';
import type { Aws } from '../secrets/aws.js';
import { alarmSubscription } from './alarm-checks.js';
import { administrator, erasures, taxonomy, webhookSecrets } from './data-checks.js';
import { firewallLimits } from './firewall-checks.js';
import { signInClients, signUpMail } from './identity-checks.js';
import { callerKeys, databaseUrls } from './key-checks.js';
import { mail } from './mail-checks.js';
import { images, registry, services } from './release-checks.js';

/** The checks of an environment, in the order of the steps in deploy/README.md. They change nothing. */
export function environmentChecks(aws: Aws, environment: Environment): Check[] {
  return [
    { subject: 'database roles', examine: () => databaseUrls(aws, environment) },
    { subject: 'caller keys', examine: () => callerKeys(aws, environment) },
    { subject: 'images', examine: () => images(aws, environment) },
    { subject: 'registry', examine: () => registry(aws, environment) },
    { subject: 'services', examine: () => services(aws, environment) },
    { subject: 'sign-in clients', examine: () => signInClients(aws, environment) },
    { subject: 'sign-up mail', examine: () => signUpMail(aws, environment) },
    { subject: 'mail', examine: () => mail(aws, environment) },
    { subject: 'alarms', examine: () => alarmSubscription(aws, environment) },
    { subject: 'firewall limits', examine: () => firewallLimits(aws, environment) },
    answersCheck(
      `https://${graphHost(environment)}`,
      'See the other lines, and the section "gateway-unhealthy" of the runbook.',
    ),
    { subject: 'taxonomy', examine: () => taxonomy(aws, environment) },
    { subject: 'administrator', examine: () => administrator(aws, environment) },
    { subject: 'erasures', examine: () => erasures(aws, environment) },
    { subject: 'webhook secrets', examine: () => webhookSecrets(aws, environment) },
  ];
}
