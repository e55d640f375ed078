import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Environment } from '../../environments.js';
import { serviceMetric, percentage, taskMetric } from './metrics.js';
import { type AlarmPlan, alarmPlan } from './plan.js';

/** The alarms of every service: missing tasks, CPU, memory, missing metrics, and errors of the process. */
export function serviceAlarms(environment: Environment, service: string): AlarmPlan[] {
  return [
    ...taskAlarms(environment, service),
    telemetryMissing(environment, service),
    ...processAlarms(environment, service),
  ];
}

function taskAlarms(environment: Environment, service: string): AlarmPlan[] {
  const insights = { namespace: 'ECS/ContainerInsights', statistic: 'Minimum' };
  return [
    alarmPlan(
      `tasks-missing-${service}`,
      `Fewer tasks of ${service} are running than the minimum.`,
      taskMetric(environment, service, 'RunningTaskCount', insights),
      environment.task.min,
      {
        section: 'tasks-missing',
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        missing: TreatMissingData.BREACHING,
      },
    ),
    alarmPlan(
      `cpu-${service}`,
      `The CPU utilization of ${service} is high although it has scaled out.`,
      taskMetric(environment, service, 'CPUUtilization'),
      85,
      { section: 'cpu' },
    ),
    alarmPlan(
      `memory-${service}`,
      `The memory utilization of ${service} is high.`,
      taskMetric(environment, service, 'MemoryUtilization'),
      85,
      { section: 'memory' },
    ),
  ];
}

/** Every process reports its heap each minute, whatever it does. Without data all other alarms of the service are blind. */
function telemetryMissing(environment: Environment, service: string): AlarmPlan {
  return alarmPlan(
    `telemetry-missing-${service}`,
    `${service} reports no metrics.`,
    serviceMetric(environment, service, 'marquee.process.heap.used', 'SampleCount'),
    1,
    {
      section: 'telemetry-missing',
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING,
    },
  );
}

function processAlarms(environment: Environment, service: string): AlarmPlan[] {
  const own = (metric: string, statistic: string) => serviceMetric(environment, service, metric, statistic);
  const heap = (what: string) => own(`marquee.process.heap.${what}`, 'Maximum');
  const plan = (section: string, description: string, metric: IMetric, threshold: number) =>
    alarmPlan(`${section}-${service}`, description, metric, threshold, { section });
  const unexpected = own('marquee.errors.unexpected', 'Sum');
  const delay = own('nodejs.eventloop.delay.p99', 'Maximum');
  const lost = own('marquee.bus.notifications.lost', 'Sum');
  const full = percentage(heap('used'), heap('limit'), 'heap in percent');
  return [
    plan('unexpected-errors', `${service} has unexpected errors.`, unexpected, 10),
    plan('event-loop', `The event loop of ${service} is blocked.`, delay, 0.2),
    plan('heap', `The heap of ${service} is nearly full.`, full, 90),
    plan('notifications-lost', `${service} cannot notify its other replicas of changes.`, lost, 0),
  ];
}
