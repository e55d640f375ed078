import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LauncherSettings } from '../config.js';
import { type Secrets, openSecrets } from './secrets.js';

/** The repository, whose root is three directories above this file once it is built. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** One copy of the whole system: where its data is, where its parts listen, what only it knows. */
export interface Instance {
  directory: string;
  /** The address that the gateway and the issuer listen on. All other parts are on 127.0.0.1. */
  host: string;
  logLevel: string;
  ports: Ports;
  secrets: Secrets;
}

/** Port by the name of the part. */
export type Ports = Readonly<Record<ProcessName, number>>;

export type ProcessName = 'gateway' | 'users' | 'jobs' | 'messaging' | 'shows' | 'issuer' | 'postgres' | 'dynamodb';

/** The directory that the settings name, as a whole path. */
export function dataDirectory(settings: LauncherSettings): string {
  return resolve(repositoryRoot, settings.DATA_DIR);
}

/** Prepares the data directory of a copy. Its lock must be held. */
export async function openInstance(settings: LauncherSettings): Promise<Instance> {
  const directory = dataDirectory(settings);
  await mkdir(join(directory, 'logs'), { recursive: true });
  return {
    directory,
    host: settings.HOST,
    logLevel: settings.LOG_LEVEL,
    ports: portsOf(settings),
    secrets: await openSecrets(join(directory, 'secrets.json')),
  };
}

/** Where every part of a copy listens: PORT moves all of them. */
export function portsOf({ PORT, ISSUER_PORT }: LauncherSettings): Ports {
  return {
    gateway: PORT,
    users: PORT + 1,
    jobs: PORT + 2,
    messaging: PORT + 3,
    shows: PORT + 4,
    issuer: ISSUER_PORT ?? PORT + 10,
    postgres: PORT + 20,
    dynamodb: PORT + 21,
  };
}
