import type { App, Stack } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Environment } from '../environments.js';
import { namesOf, type ServiceName, serviceNames } from '../names.js';
import { openStack } from '../stack.js';
import { openDatabase } from './data/database.js';
import { openSecrets, type Secrets } from './data/secrets.js';
import { openTables } from './data/tables.js';
import type { Network } from './network.js';

export interface Data {
  /** What each service's rows and secrets are encrypted with. */
  keys: Readonly<Record<ServiceName, IKey>>;
  secrets: Secrets;
}

/** What must not be lost: it outlives every service, and no deploy of a service touches it. */
export function data(app: App, environment: Environment, network: Network): Data {
  const stack = openStack(app, environment, 'data', 'Database, tables, keys and secrets of all services');
  const keys = keysOf(stack, environment);
  openDatabase(stack, environment, network);
  openTables(stack, environment, keys);
  return { keys, secrets: openSecrets(stack, environment, keys) };
}

function keysOf(stack: Stack, environment: Environment): Data['keys'] {
  const keys = serviceNames.map((name) => [name, openKey(stack, environment, name)]);
  return Object.fromEntries(keys) as Record<ServiceName, Key>;
}

function openKey(stack: Stack, environment: Environment, name: ServiceName): Key {
  return new Key(stack, `Key-${name}`, {
    alias: `${namesOf(environment).prefix}-${name}`,
    description: `Rows and secrets of the service ${name}`,
    enableKeyRotation: true,
  });
}
