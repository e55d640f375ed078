import type { App, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Environment } from '../environments.js';
import { logGroup } from '../log-group.js';
import { namesOf, type SubgraphName } from '../names.js';
import { taskRoles } from '../service/roles.js';
import { runService } from '../service/service.js';
import { serviceTask, type TaskPlan, type ContainerEnv } from '../service/task.js';
import { createStack } from '../stack.js';
import { type Bus, busPrefix } from './bus.js';
import type { Data } from './data.js';
import type { Network } from './network.js';

/** The parts of an environment that a service stands on. */
export interface Foundation {
  environment: Environment;
  network: Network;
  data: Data;
  bus: Bus;
}

/** What one subgraph has of its own. */
export interface SubgraphPlan extends Omit<ContainerEnv, 'parameters'> {
  /** What its role may do, besides what every role may. */
  rights: readonly PolicyStatement[];
}

/** A stack for one subgraph: its team changes it without anyone else's. */
export function subgraph(
  app: App,
  ground: Foundation,
  name: SubgraphName,
  planOf: (stack: Stack) => SubgraphPlan,
): TaskPlan {
  const { environment, network, bus } = ground;
  const stack = createStack(app, environment, name, `The service ${name}`);
  const plan = planOf(stack);
  const secrets = { REDIS_URL: bus.url, ...plan.secrets };
  const logs = logGroup(stack, environment, name);
  const rights = { task: plan.rights, secrets: Object.values(secrets) };
  const taskPlan = { name, environment, logs, roles: taskRoles(stack, environment, name, rights) };
  const task = serviceTask(stack, taskPlan, {
    variables: { BUS_PREFIX: busPrefix, ...plan.variables },
    secrets,
    // They are public, and read when a task starts: a new key is known without a change of this stack.
    parameters: { CALLER_KEYS: namesOf(environment).callerKeysParameter },
  });
  runService(stack, task, { environment, name, network, logs, group: network.groups.subgraphs[name] });
  return taskPlan;
}
