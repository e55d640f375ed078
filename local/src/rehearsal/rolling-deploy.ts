import { setTimeout as wait } from 'node:timers/promises';
import { sendOnce } from '../chaos/graphql-request.js';
import type { Fleet } from '../fleet/fleet.js';
import { type SchemaChange, schemaChanges, newerQuery, supergraphAfter } from './schema-changes.js';
import { addedValue } from './added-field.js';

export interface DeployOptions {
  fleet: Fleet;
  /** The access token with which changes are queried. */
  token: string;
  /** Called once all gateways serve a change. */
  onPublished(change: SchemaChange): void;
  log(line: string): void;
}

/** The version of the newer builds. */
const newerVersion = { SERVICE_VERSION: '0.2.0' };

/** Milliseconds in which the gateways must serve a new supergraph. */
const publishTimeoutMs = 30_000;

/**
 * Replaces every service by a newer build that adds a field. The field is deployed before it is published in the
 * supergraph, and queried once all gateways serve it.
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

/** Resolves once every gateway serves the change. */
async function waitUntilServed({ fleet, token }: DeployOptions, change: SchemaChange): Promise<void> {
  for (const { port, name } of fleet.groups.get('gateway')?.replicas ?? []) {
    const deadline = Date.now() + publishTimeoutMs;
    for (;;) {
      const { data, errors } = await sendOnce<unknown>(`http://127.0.0.1:${port}`, token, newerQuery(change), {});
      if (!errors && servesChange(change, data)) break;
      if (Date.now() > deadline)
        throw new Error(`${name} does not serve the change of ${change.type}: ${JSON.stringify(errors)}`);
      await wait(100);
    }
  }
}

/** Only users exist in a new fleet; for other types a response without errors suffices. */
function servesChange({ service }: SchemaChange, data: unknown): boolean {
  return service !== 'users' || JSON.stringify(data).includes(`"${addedValue}"`);
}
