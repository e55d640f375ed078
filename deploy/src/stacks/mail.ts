import type { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { TxtRecord } from 'aws-cdk-lib/aws-route53';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity as MailIdentity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import type { Subgraph } from '@marquee/schema/services';
import { type Environment, usesSes } from '../environments.js';
import { graphHost, mailSender, namesOf, siteHost } from '../names.js';
import type { EncryptedSecret } from '../service/references.js';
import { createStack } from '../stack.js';
import { hostedZone } from '../zone.js';
import type { SubgraphPlan } from './subgraph.js';

/** The environment's zone as the domain of its senders. Undefined if SES sends no emails of the environment. */
export function mail(app: App, environment: Environment): Stack | undefined {
  if (!usesSes(environment)) return undefined;
  const stack = createStack(app, environment, 'mail', 'The domain and the rules with which SES sends emails');
  const zone = hostedZone(stack, environment);
  new EmailIdentity(stack, 'Domain', {
    // SES verifies it by the records of DKIM, which are added to the zone.
    identity: MailIdentity.publicHostedZone(zone),
    mailFromDomain: `mail.${environment.zone.name}`,
    // For every email from the domain, also those of Cognito.
    configurationSet: configurationSet(stack, environment),
  });
  // Without a policy, large mail providers refuse emails. The zone may have other senders, so that it asks for no refusal.
  new TxtRecord(stack, 'Dmarc', { zone, recordName: '_dmarc', values: ['v=DMARC1; p=none'] });
  return stack;
}

/** SES sends no further emails to addresses that do not exist, or whose owners complained. */
function configurationSet(stack: Stack, environment: Environment): ConfigurationSet {
  return new ConfigurationSet(stack, 'Rules', {
    configurationSetName: namesOf(environment).prefix,
    tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    reputationMetrics: true,
  });
}

/** The settings with which a service sends notifications by email, and its permission to do so. */
export function mailPlan(
  subgraph: Subgraph,
  environment: Environment,
  linkKey: EncryptedSecret,
  stack: Stack,
): SubgraphPlan {
  if (!subgraph.mail || environment.notificationMail === 'none') return { variables: {}, secrets: {}, statements: [] };
  const variables = {
    AWS_REGION: environment.region,
    MAIL_TRANSPORT: 'ses',
    MAIL_SENDER: mailSender(environment),
    MAIL_LINK_URL: `https://${graphHost(environment)}`,
    MAIL_APP_URL: `https://${siteHost(environment)}`,
  };
  return { variables, secrets: { MAIL_LINK_KEY: linkKey }, statements: [sendStatement(stack, environment)] };
}

/** SES demands the first action for the operation SendEmail, the second one for a message with headers of its own. */
function sendStatement(stack: Stack, environment: Environment): PolicyStatement {
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'ses', resource, resourceName });
  return new PolicyStatement({
    sid: 'SendMail',
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    resources: [arn('identity', environment.zone.name), arn('configuration-set', namesOf(environment).prefix)],
    conditions: { StringEquals: { 'ses:FromAddress': mailSender(environment) } },
  });
}
