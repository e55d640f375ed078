import type { App, Stack } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Environment } from '../environments.js';
import { namesOf, serviceNames } from '../names.js';
import { perService, type PerService } from '../per-service.js';
import { createStack } from '../stack.js';
import { createDatabase } from './data/database.js';
import { createSecrets, type Secrets } from './data/managed-secrets.js';
import { createTables } from './data/tables.js';
import type { Network } from './network.js';

export interface Data {
  /** The keys that encrypt each service's data and secrets. */
  keys: PerService<IKey>;
  secrets: Secrets;
}

/** Everything that must not be lost. It outlives the services, and no deploy of a service changes it. */
export function data(app: App, environment: Environment, network: Network): Data {
  const stack = createStack(app, environment, 'data', 'Database, tables, keys and secrets of all services');
  const keys = perService(serviceNames, (name) => createKey(stack, environment, name));
  createDatabase(stack, environment, network);
  createTables(stack, environment, keys);
  return { keys, secrets: createSecrets(stack, environment, keys) };
}

function createKey(stack: Stack, environment: Environment, name: string): Key {
  return new Key(stack, `Key-${name}`, {
    alias: `${namesOf(environment).prefix}-${name}`,
    description: `Rows and secrets of the service ${name}`,
    enableKeyRotation: true,
  });
}
