import type { App, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { delivery, type Environment } from '../environments.js';
import { logGroup } from '../log-group.js';
import { namesOf, serviceNames } from '../names.js';
import { output } from '../output.js';
import { createStack } from '../stack.js';
import type { Edge } from './edge.js';
import { dashboard } from './observability/dashboard.js';
import { eventAlarms } from './observability/event-alarms.js';
import { edgeAlarms, gatewayAlarms } from './observability/edge-alarms.js';
import { mailAlarms } from './observability/mail-alarms.js';
import type { AlarmPlan } from './observability/plan.js';
import { serviceAlarms } from './observability/service-alarms.js';
import { storeAlarms } from './observability/store-alarms.js';

/** Alarms, their email subscription, and the dashboard. */
export function observability(app: App, environment: Environment, edge: Edge): void {
  const stack = createStack(app, environment, 'observability', 'Alarms, their subscription, and the dashboard');
  // The collector sidecars write metrics to it.
  logGroup(stack, environment, 'metrics');
  const topic = createTopic(stack, environment);
  const plans = [
    ...edgeAlarms(environment, edge),
    ...gatewayAlarms(environment),
    ...serviceNames.flatMap((service) => serviceAlarms(environment, service)),
    ...storeAlarms(environment),
    ...eventAlarms(environment),
    ...mailAlarms(environment),
  ];
  for (const plan of plans) createAlarm(stack, environment, topic, plan);
  notifyFailedDeployments(stack, environment, topic);
  dashboard(stack, environment, edge);
  output(stack, 'AlarmTopic', topic.topicArn, 'The topic of alarms, for further subscriptions');
  output(stack, 'Dashboard', dashboardUrl(environment), 'The dashboard');
}

function dashboardUrl({ name, account, region }: Environment): string {
  const console = `https://${region}.console.aws.amazon.com/cloudwatch/home`;
  return `${console}?region=${region}#dashboards/dashboard/${namesOf({ name, account }).prefix}`;
}

function createTopic(stack: Stack, environment: Environment): Topic {
  const masterKey = new Key(stack, 'Key', { description: 'The alarm topic', enableKeyRotation: true });
  for (const service of ['cloudwatch', 'events'])
    masterKey.grantEncryptDecrypt(new ServicePrincipal(`${service}.amazonaws.com`));
  const topicName = namesOf(environment).alarmTopic;
  const topic = new Topic(stack, 'Alarms', { topicName, masterKey, enforceSSL: true });
  topic.addSubscription(new EmailSubscription(environment.alarmEmail));
  return topic;
}

function createAlarm(stack: Stack, environment: Environment, topic: Topic, plan: AlarmPlan): void {
  const action = new SnsAction(topic);
  const alarm = new Alarm(stack, `Alarm-${plan.name}`, {
    alarmName: `${namesOf(environment).prefix}-${plan.name}`,
    alarmDescription: `${plan.description} ${runbook(plan.section)}`,
    metric: plan.metric,
    threshold: plan.threshold,
    comparisonOperator: plan.comparison,
    evaluationPeriods: plan.periods,
    treatMissingData: plan.missing,
  });
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

function runbook(section: string): string {
  return `https://github.com/${delivery.repository}/blob/${delivery.branch}/deploy/runbook.md#${section}`;
}

/** ECS rolls back failed deployments by itself, but someone must find out why. */
function notifyFailedDeployments(stack: Stack, environment: Environment, topic: Topic): void {
  new Rule(stack, 'DeploymentFailed', {
    ruleName: `${namesOf(environment).prefix}-deployment-failed`,
    description: `A deployment failed and was rolled back. ${runbook('deployment-failed')}`,
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    },
    targets: [new SnsTopic(topic)],
  });
}
