import type { Finding } from '@marquee/local/doctor/examination';
import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from '../secrets/aws.js';

/** Whether alarms reach those on call. A subscription has no ARN before it is confirmed. */
export async function alarmSubscription(aws: Aws, environment: Environment): Promise<Finding> {
  const { account, region, alarmEmail } = environment;
  const TopicArn = `arn:aws:sns:${region}:${account}:${namesOf(environment).alarmTopic}`;
  const { Subscriptions } = await aws<{ Subscriptions: { Endpoint: string; SubscriptionArn: string }[] }>(
    'sns',
    'list-subscriptions-by-topic',
    { TopicArn },
  );
  const isConfirmed = Subscriptions.some(
    ({ Endpoint, SubscriptionArn }) => Endpoint === alarmEmail && SubscriptionArn.startsWith('arn:'),
  );
  if (isConfirmed) return { found: `${alarmEmail} receives them` };
  const deploy = `npm run deploy -- ${environment.name} observability`;
  return {
    lack: `${alarmEmail} has not confirmed that it receives alarms`,
    remedy: `Follow the link in the message of AWS Notifications; \`${deploy}\` sends it again.`,
  };
}
