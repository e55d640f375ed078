import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Environment } from '../../environments.js';
import { serviceMetric, percentage, taskMetric } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** What every service has: tasks that run, with room to spare, and no errors that nobody expected. */
export function serviceAlarms(environment: Environment, service: string): AlarmPlan[] {
  return [...taskAlarms(environment, service), ...processAlarms(environment, service)];
}

function taskAlarms(environment: Environment, service: string): AlarmPlan[] {
  const insights = { namespace: 'ECS/ContainerInsights', statistic: 'Minimum' };
  return [
    alarmPlan(
      `tasks-missing-${service}`,
      `Fewer tasks of ${service} run than there should at least be.`,
      taskMetric(environment, service, 'RunningTaskCount', insights),
      environment.task.min,
      {
        section: 'tasks-missing',
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        missing: TreatMissingData.BREACHING,
      },
    ),
    alarmPlan(
      `processor-${service}`,
      `Tasks of ${service} use their processors up, and more of them did not help.`,
      taskMetric(environment, service, 'CPUUtilization'),
      85,
      { section: 'processor' },
    ),
    alarmPlan(
      `memory-${service}`,
      `Tasks of ${service} use their memory up.`,
      taskMetric(environment, service, 'MemoryUtilization'),
      85,
      { section: 'memory' },
    ),
  ];
}

function processAlarms(environment: Environment, service: string): AlarmPlan[] {
  const own = (metric: string, statistic: string) => serviceMetric(environment, service, metric, statistic);
  const heap = (what: string) => own(`marquee.process.heap.${what}`, 'Maximum');
  const plan = (section: string, says: string, metric: IMetric, threshold: number) =>
    alarmPlan(`${section}-${service}`, says, metric, threshold, { section });
  const unexpected = own('marquee.errors.unexpected', 'Sum');
  const delay = own('nodejs.eventloop.delay.p99', 'Maximum');
  const lost = own('marquee.bus.notifications.lost', 'Sum');
  const full = percentage(heap('used'), heap('limit'), 'heap in percent');
  return [
    plan('unexpected-errors', `${service} meets errors that nobody expected.`, unexpected, 10),
    plan('event-loop', `Work holds up everything else in ${service}.`, delay, 0.2),
    plan('heap', `The heap of ${service} is nearly full.`, full, 90),
    plan('notifications-lost', `${service} cannot tell its other replicas what changed.`, lost, 0),
  ];
}
