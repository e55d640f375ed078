import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LauncherSettings } from '../config.js';
import { dataDirectory, portsOf } from './instance.js';
import { stopOrphans } from './orphans.js';
import { lockDirectory } from './lock.js';

/** What the launcher makes in a data directory. Anything else in there is not ours to delete. */
const made = ['postgres', 'dynamodb', 'registry', 'logs', 'secrets.json', 'processes.json'];

/**
 * Deletes the data of a copy.
 * @throws Refusal while the copy runs
 */
export async function resetCommand(settings: LauncherSettings): Promise<void> {
  const directory = dataDirectory(settings);
  const lock = await lockDirectory(directory, portsOf(settings));
  try {
    await stopOrphans(directory);
    await Promise.all(made.map((name) => rm(join(directory, name), { recursive: true, force: true })));
  } finally {
    lock.close();
  }
  process.stdout.write(`${directory} is empty now.\n`);
}
