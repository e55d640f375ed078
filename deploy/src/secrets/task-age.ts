import type { Environment } from '../environments.js';
import { namesOf } from '../names.js';
import type { Aws } from './aws.js';

/**
 * Requires that every task of the services read its secrets after a moment: ECS reads them once, when it creates a task.
 * @throws Error naming the services whose tasks are older
 */
export async function requireTasksSince(
  aws: Aws,
  environment: Environment,
  services: readonly string[],
  since: Date,
): Promise<void> {
  const aged = services.map(async (service) =>
    (await hasTasksBefore(aws, environment, service, since)) ? [service] : [],
  );
  const older = (await Promise.all(aged)).flat();
  if (older.length === 0) return;
  const command = `aws ecs update-service --cluster ${namesOf(environment).cluster} --force-new-deployment --service`;
  throw new Error(
    `Tasks of ${older.join(', ')} are older than the key. Replace them and wait until they are stable: ${command} NAME`,
  );
}

async function hasTasksBefore(aws: Aws, environment: Environment, serviceName: string, since: Date): Promise<boolean> {
  const { cluster } = namesOf(environment);
  const { taskArns: tasks } = await aws<{ taskArns: string[] }>('ecs', 'list-tasks', { cluster, serviceName });
  if (tasks.length === 0) return false;
  const found = await aws<{ tasks: { createdAt: string }[] }>('ecs', 'describe-tasks', { cluster, tasks });
  return found.tasks.some(({ createdAt }) => new Date(createdAt) < since);
}
