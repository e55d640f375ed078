import type { App, Stack } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Environment } from '../environments.js';
import { namesOf, type ServiceName, serviceNames } from '../names.js';
import { createStack } from '../stack.js';
import { createDatabase } from './data/database.js';
import { createSecrets, type Secrets } from './data/secrets.js';
import { createTables } from './data/tables.js';
import type { Network } from './network.js';

export interface Data {
  /** What each service's rows and secrets are encrypted with. */
  keys: Readonly<Record<ServiceName, IKey>>;
  secrets: Secrets;
}

/** What must not be lost: it outlives every service, and no deploy of a service touches it. */
export function data(app: App, environment: Environment, network: Network): Data {
  const stack = createStack(app, environment, 'data', 'Database, tables, keys and secrets of all services');
  const keys = createKeys(stack, environment);
  createDatabase(stack, environment, network);
  createTables(stack, environment, keys);
  return { keys, secrets: createSecrets(stack, environment, keys) };
}

function createKeys(stack: Stack, environment: Environment): Data['keys'] {
  const keys = serviceNames.map((name) => [name, createKey(stack, environment, name)]);
  return Object.fromEntries(keys) as Record<ServiceName, Key>;
}

function createKey(stack: Stack, environment: Environment, name: ServiceName): Key {
  return new Key(stack, `Key-${name}`, {
    alias: `${namesOf(environment).prefix}-${name}`,
    description: `Rows and secrets of the service ${name}`,
    enableKeyRotation: true,
  });
}
