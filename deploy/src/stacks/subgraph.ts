import type { App, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Environment } from '../environments.js';
import { logGroup } from '../log-group.js';
import { namesOf } from '../names.js';
import { taskRoles } from '../service/roles.js';
import { runService } from '../service/service.js';
import { type ContainerEnv, serviceTask, type TaskPlan } from '../service/task.js';
import { createStack } from '../stack.js';
import { type Bus, busPrefix } from './bus.js';
import type { Data } from './data.js';
import type { Events } from './events.js';
import type { Network } from './network.js';

/** The shared parts of an environment, on which every service is built. */
export interface Foundation {
  environment: Environment;
  network: Network;
  data: Data;
  bus: Bus;
  events: Events;
}

/** What one service has in addition to what all services have. */
export interface SubgraphPlan extends Omit<ContainerEnv, 'parameters'> {
  statements: readonly PolicyStatement[];
}

/** Creates the stack of one subgraph, which its team deploys independently of the others. */
export function createSubgraph(
  app: App,
  foundation: Foundation,
  name: string,
  planOf: (stack: Stack) => SubgraphPlan,
): TaskPlan {
  const { environment, network, bus } = foundation;
  const stack = createStack(app, environment, name, `The service ${name}`);
  const plan = planOf(stack);
  const secrets = { REDIS_URL: bus.url, ...plan.secrets };
  const logs = logGroup(stack, environment, name);
  const grants = { task: plan.statements, secrets: Object.values(secrets) };
  const taskPlan = { name, environment, logs, roles: taskRoles(stack, environment, name, grants) };
  const task = serviceTask(stack, taskPlan, {
    variables: { BUS_PREFIX: busPrefix, ...plan.variables },
    secrets,
    // Public keys, read when a task starts: adding a key does not change this stack.
    parameters: { CALLER_KEYS: namesOf(environment).callerKeysParameter },
  });
  runService(stack, task, { environment, name, network, logs, group: network.groups.subgraphs.get(name) });
  return taskPlan;
}
