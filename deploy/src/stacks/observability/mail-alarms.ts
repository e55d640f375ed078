import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { subgraphs } from '@marquee/schema/services';
import { type Environment, usesSes } from '../../environments.js';
import { graphMetric, share } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** Alarms on emails that are not sent, or not wanted. */
export function mailAlarms(environment: Environment): AlarmPlan[] {
  return [...(environment.notificationMail === 'ses' ? mailsRefused(environment) : []), ...reputation(environment)];
}

/** While SES refuses everything, a service attempts little: in each period one email at least. */
const attemptPeriod = Duration.minutes(15);

function mailsRefused(environment: Environment): AlarmPlan[] {
  return subgraphs
    .filter(({ mail }) => mail)
    .map(({ name }) => {
      const attempts = (outcome: string) =>
        graphMetric(environment, 'marquee.mails', { 'service.name': name, outcome }, 'Sum');
      const outcomes = [attempts('failed'), attempts('postponed'), attempts('unknown'), attempts('sent')] as const;
      return alarmPlan(
        `mails-refused-${name}`,
        `SES accepts less than half of the emails of ${name}.`,
        share(outcomes, 'refused emails in percent', { counted: 3, period: attemptPeriod }),
        50,
        { section: 'mails-refused', periods: 2 },
      );
    });
}

/** AWS reviews an account above these rates, and later pauses its sending. */
function reputation(environment: Environment): AlarmPlan[] {
  if (!usesSes(environment)) return [];
  return [
    alarmPlan('mail-bounces', 'More than 5 % of the emails come back.', accountMetric('BounceRate'), 0.05, {
      periods: 1,
    }),
    alarmPlan(
      'mail-complaints',
      'More than 0.1 % of the emails are reported as spam.',
      accountMetric('ComplaintRate'),
      0.001,
      { periods: 1 },
    ),
  ];
}

/** A share of all emails of the account, in the region. */
function accountMetric(rate: 'BounceRate' | 'ComplaintRate'): Metric {
  const metricName = `Reputation.${rate}`;
  return new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Average', period: Duration.hours(1) });
}
