/**
 * The command line of the embedded run: `start`, `reset`, `events`, `compose` (the same in containers), or the name of a
 * service's tool with its arguments.
 */
import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { launcherSettings } from './config.js';
import { composeCommand } from './launcher/compose.js';
import { embeddedEvents } from './events-command/embedded-events.js';
import { UserError } from './launcher/user-error.js';
import { resetCommand } from './launcher/reset.js';
import { startCommand } from './launcher/start.js';
import { toolCommand } from './launcher/tools.js';

const [command = 'start', ...args] = process.argv.slice(2);
try {
  process.exitCode = await execute();
} catch (failure) {
  const isForPeople = failure instanceof UserError || failure instanceof SettingsError;
  process.stderr.write(`${isForPeople ? failure.message : ((failure as Error).stack ?? String(failure))}\n`);
  process.exitCode = failure instanceof SettingsError ? 78 : 1;
}

async function execute(): Promise<number> {
  const settings = readSettings(launcherSettings);
  if (command === 'start') await startCommand(settings);
  else if (command === 'reset') await resetCommand(settings);
  else if (command === 'events') await embeddedEvents(args, settings);
  else if (command === 'compose') return composeCommand(args, settings);
  else return toolCommand(command, args, settings);
  return 0;
}
