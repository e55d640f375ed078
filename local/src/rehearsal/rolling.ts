import { setTimeout as wait } from 'node:timers/promises';
import { send } from '../chaos/ask.js';
import type { Fleet } from '../fleet/fleet.js';
import { type Change, changes, newerQuery, supergraphAfter } from './change.js';
import { addedValue } from './added-field.js';

export interface DeployOptions {
  fleet: Fleet;
  /** Anybody's token, to see with whether a change has arrived. */
  token: string;
  /** A change can be asked for. */
  published(change: Change): void;
  say(line: string): void;
}

/** What a gateway is told apart by; it has no schema of its own. */
const newerVersion = { SERVICE_VERSION: '0.2.0' };

/** Longest wait until the gateways have a new supergraph, in milliseconds. */
const patience = 30_000;

/**
 * Replaces every service by a newer build while it is used. Each adds a field: the services have it before the
 * supergraph names it, and it is asked for once all gateways know it.
 */
export async function deployAll(options: DeployOptions): Promise<void> {
  const deployed: Change[] = [];
  for (const change of changes) {
    await deploy(options, change.service, `local/dist/rehearsal/newer/${change.service}.js`);
    deployed.push(change);
    await options.fleet.supergraph.publish(await supergraphAfter(deployed));
    await known(options, change);
    options.published(change);
    options.say(`${change.type}.build is published`);
  }
  await deploy(options, 'gateway', 'gateway/dist/main.js');
}

async function deploy({ fleet, say }: DeployOptions, service: Change['service'], script: string): Promise<void> {
  say(`${service} is replaced`);
  await fleet.groups.get(service)?.replaceAll({ script, environment: newerVersion });
}

/** Returns once every gateway answers for the change. */
async function known({ fleet, token }: DeployOptions, change: Change): Promise<void> {
  for (const { port, name } of fleet.groups.get('gateway')?.replicas ?? []) {
    const deadline = Date.now() + patience;
    for (;;) {
      const { data, errors } = await send<unknown>(`http://127.0.0.1:${port}`, token, newerQuery(change), {});
      if (!errors && answersFor(change, data)) break;
      if (Date.now() > deadline) throw new Error(`${name} does not know ${change.type}: ${JSON.stringify(errors)}`);
      await wait(100);
    }
  }
}

/** Where there are things of the type, they have the field's value. */
function answersFor({ service }: Change, data: unknown): boolean {
  return service !== 'users' || JSON.stringify(data).includes(`"${addedValue}"`);
}
