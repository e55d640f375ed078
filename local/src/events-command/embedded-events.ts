import type { Variables } from '@marquee/chassis/config/settings';
import type { Subgraph } from '@marquee/schema/services';
import { environment, type LauncherSettings } from '../config.js';
import { eventVariables, storeVariables } from '../launcher/subgraph-program.js';
import { runningInstance } from '../launcher/tools.js';
import { eventsCommand } from './events-command.js';

/** Shows and repeats the events of the embedded run, or of the service whose variables are in the environment. */
export async function embeddedEvents(args: readonly string[], settings: LauncherSettings): Promise<void> {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  await eventsCommand(args, {
    variablesOf: await variables(settings),
    print: (line) => process.stdout.write(`${line}\n`),
    stopping: stopping.signal,
  });
}

async function variables(settings: LauncherSettings): Promise<(subgraph: Subgraph) => Variables> {
  const given = environment();
  if (given['EVENTS_QUEUE_URL'] ?? given['DATABASE_URL'] ?? given['TABLE_NAME']) return () => given;
  const instance = await runningInstance(settings, 'the variables of a service');
  return (subgraph) => ({ ...storeVariables(instance, subgraph), ...eventVariables(instance, subgraph) });
}
