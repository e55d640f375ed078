import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { environments } from '../../src/environments.js';
import { serviceNames } from '../../src/names.js';
import { mail } from '../../src/stacks/mail.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

describe('emails', () => {
  test('are sent from the zone, which proves it with DKIM, SPF and DMARC', () => {
    expect(prod.ofType('SES::EmailIdentity').map(({ properties }) => properties)).toMatchObject([
      { EmailIdentity: 'marquee.example', MailFromAttributes: { MailFromDomain: 'mail.marquee.example' } },
    ]);
    const own = records().filter(({ part }) => part === 'mail');
    expect(own.filter(({ Type }) => Type === 'CNAME')).toHaveLength(3);
    const texts = own.filter(({ Type }) => Type === 'TXT').map(({ Name, ResourceRecords }) => [Name, ResourceRecords]);
    expect(Object.fromEntries(texts)).toEqual({
      'mail.marquee.example.': ['"v=spf1 include:amazonses.com ~all"'],
      '_dmarc.marquee.example.': ['"v=DMARC1; p=none"'],
    });
  });

  test('need TLS, and are not sent again to addresses that refused one', () => {
    const [rules] = prod.ofType('SES::ConfigurationSet');
    expect(rules?.properties).toMatchObject({
      Name: 'marquee-prod',
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
    const [identity] = prod.ofType('SES::EmailIdentity');
    expect(identity?.properties.ConfigurationSetAttributes).toEqual({
      ConfigurationSetName: `${rules?.stack}/${rules?.id}`,
    });
  });

  test('with codes come from the same sender, once SES knows the domain', () => {
    const [pool] = prod.ofType('Cognito::UserPool');
    expect(pool?.properties.EmailConfiguration).toMatchObject({
      EmailSendingAccount: 'DEVELOPER',
      From: 'Marquee <no-reply@marquee.example>',
    });
    expect(prod.dependenciesOf('identity')).toContain('marquee-prod-mail');
  });

  test('of a service can have only that sender', () => {
    const statements = serviceNames.flatMap((service) =>
      prod
        .statementsOf(`marquee-prod-${service}-task`)
        .filter(({ Action }) => [Action].flat().some((action: string) => action.startsWith('ses:')))
        .map(({ Action, Condition }) => [service, Action, Condition]),
    );
    const onlySender = { StringEquals: { 'ses:FromAddress': 'no-reply@marquee.example' } };
    expect(statements).toEqual([['users', ['ses:SendEmail', 'ses:SendRawEmail'], onlySender]]);
  });

  test('link to the gateway and to the front end, at host names of the zone', () => {
    const variables = Object.fromEntries(
      prod.container('users').Environment.map(({ Name, Value }: Json) => [Name, Value]),
    );
    expect(variables).toMatchObject({ MAIL_TRANSPORT: 'ses', MAIL_SENDER: 'no-reply@marquee.example' });
    const hosts = ['MAIL_LINK_URL', 'MAIL_APP_URL'].map((name) => new URL(variables[name]).hostname);
    const parts = hosts.map((host) => records().find(({ Name, Type }) => Name === `${host}.` && Type === 'A')?.part);
    expect(parts).toEqual(['edge', 'site']);
  });

  test('do not exist in an environment without SES', () => {
    expect(mail(new App(), environments.dev)).toBeUndefined();
    expect(mail(new App(), { ...environments.dev, notificationMail: 'ses' })?.stackName).toBe('marquee-dev-mail');
  });
});

/** The DNS records, each with the part that creates it. */
function records(): Json[] {
  return prod
    .ofType('Route53::RecordSet')
    .map(({ stack, properties }) => ({ part: stack.split('-').at(-1), ...properties }));
}
