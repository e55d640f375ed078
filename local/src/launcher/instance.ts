import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { subgraphs } from '@marquee/schema/services';
import type { LauncherSettings } from '../config.js';
import { type Secrets, openSecrets } from './secrets.js';

/** The root of the repository, three directories above the compiled file. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** One running system: its data directory, its ports and its secrets. */
export interface Instance {
  directory: string;
  /** The address on which the gateway and the issuer listen. Every other process listens on 127.0.0.1. */
  host: string;
  /** Further origins whose pages may call the gateway and the issuer. */
  corsOrigins: readonly string[];
  logLevel: string;
  ports: Ports;
  secrets: Secrets;
}

/** Ports by process name. Use `portOf` for the port of a service. */
export type Ports = Readonly<
  Record<'gateway' | 'issuer' | 'postgres' | 'dynamodb' | 'events', number> & Record<string, number>
>;

/** Every process that listens on a port. */
export const listenerNames: readonly string[] = [
  'gateway',
  ...subgraphs.map(({ name }) => name),
  'issuer',
  'postgres',
  'dynamodb',
  'events',
];

/** The settings that describe an instance. */
export type InstanceSettings = Pick<LauncherSettings, 'PORT' | 'ISSUER_PORT' | 'DATA_DIR' | 'HOST' | 'LOG_LEVEL'> &
  Partial<Pick<LauncherSettings, 'CORS_ORIGINS'>>;

/** The data directory as an absolute path. */
export function dataDirectory(settings: Pick<LauncherSettings, 'DATA_DIR'>): string {
  return resolve(repositoryRoot, settings.DATA_DIR);
}

/** Prepares the data directory of an instance. The caller must hold the directory's lock. */
export async function openInstance(settings: InstanceSettings): Promise<Instance> {
  const directory = dataDirectory(settings);
  await mkdir(join(directory, 'logs'), { recursive: true });
  return {
    directory,
    host: settings.HOST,
    corsOrigins: settings.CORS_ORIGINS ?? [],
    logLevel: settings.LOG_LEVEL,
    ports: portsOf(settings),
    secrets: await openSecrets(join(directory, 'secrets.json')),
  };
}

/** The ports of an instance, all derived from PORT. */
export function portsOf({ PORT, ISSUER_PORT }: Pick<LauncherSettings, 'PORT' | 'ISSUER_PORT'>): Ports {
  return {
    gateway: PORT,
    ...Object.fromEntries(subgraphs.map(({ name, portOffset }) => [name, PORT + portOffset])),
    issuer: ISSUER_PORT ?? PORT + 10,
    postgres: PORT + 20,
    dynamodb: PORT + 21,
    // The two before it belong to the collector of the compose file.
    events: PORT + 24,
  };
}

/** @throws Error when no process has this name */
export function portOf(ports: Ports, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`No process is named "${name}".`);
  return port;
}
