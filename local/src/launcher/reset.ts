import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LauncherSettings } from '../config.js';
import { dataDirectory, portsOf } from './instance.js';
import { lockDirectory } from './lock.js';
import { stopOrphans } from './orphans.js';

/** The files and directories that the launcher creates in a data directory. Anything else there is left alone. */
const created = ['postgres', 'dynamodb', 'media', 'mailbox', 'registry', 'logs', 'secrets.json', 'processes.json'];

/**
 * Deletes the data of an instance.
 * @throws UserError while the instance is running
 */
export async function resetCommand(settings: LauncherSettings): Promise<void> {
  const directory = dataDirectory(settings);
  const lock = await lockDirectory(directory, portsOf(settings));
  try {
    await stopOrphans(directory);
    await Promise.all(created.map((name) => rm(join(directory, name), { recursive: true, force: true })));
  } finally {
    lock.close();
  }
  process.stdout.write(`Deleted the data in ${directory}.\n`);
}
