import { setTimeout as wait } from 'node:timers/promises';
import { sendOnce } from '../chaos/graphql-request.js';
import type { Fleet } from '../fleet/fleet.js';
import { type SchemaChange, schemaChanges, newerQuery, supergraphAfter } from './schema-changes.js';
import { addedValue } from './added-field.js';

export interface DeployOptions {
  fleet: Fleet;
  /** Anybody's token, to see with whether a change has arrived. */
  token: string;
  /** A change can be asked for. */
  onPublished(change: SchemaChange): void;
  log(line: string): void;
}

/** What a gateway is told apart by; it has no schema of its own. */
const newerVersion = { SERVICE_VERSION: '0.2.0' };

/** Longest wait until the gateways have a new supergraph, in milliseconds. */
const publishTimeoutMs = 30_000;

/**
 * Replaces every service by a newer build while it is used. Each adds a field: the services have it before the
 * supergraph names it, and it is asked for once all gateways know it.
 */
export async function deployAll(options: DeployOptions): Promise<void> {
  const deployed: SchemaChange[] = [];
  for (const change of schemaChanges) {
    await deploy(options, change.service, `local/dist/rehearsal/newer/newer-${change.service}.js`);
    deployed.push(change);
    await options.fleet.supergraph.publish(await supergraphAfter(deployed));
    await waitUntilServed(options, change);
    options.onPublished(change);
    options.log(`${change.type}.build is published`);
  }
  await deploy(options, 'gateway', 'gateway/dist/main.js');
}

async function deploy({ fleet, log }: DeployOptions, service: SchemaChange['service'], script: string): Promise<void> {
  log(`${service} is replaced`);
  await fleet.groups.get(service)?.replaceAll({ script, environment: newerVersion });
}

/** Returns once every gateway answers for the change. */
async function waitUntilServed({ fleet, token }: DeployOptions, change: SchemaChange): Promise<void> {
  for (const { port, name } of fleet.groups.get('gateway')?.replicas ?? []) {
    const deadline = Date.now() + publishTimeoutMs;
    for (;;) {
      const { data, errors } = await sendOnce<unknown>(`http://127.0.0.1:${port}`, token, newerQuery(change), {});
      if (!errors && servesChange(change, data)) break;
      if (Date.now() > deadline) throw new Error(`${name} does not know ${change.type}: ${JSON.stringify(errors)}`);
      await wait(100);
    }
  }
}

/** Where there are things of the type, they have the field's value. */
function servesChange({ service }: SchemaChange, data: unknown): boolean {
  return service !== 'users' || JSON.stringify(data).includes(`"${addedValue}"`);
}
