import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sendOnce } from '../chaos/graphql-request.js';
import type { Fleet } from '../fleet/fleet.js';
import { addedValue } from './added-field.js';
import { committedSubgraph, openPublishedGraph, type PublishedGraph } from './published-graph.js';
import { newerQuery, newerSdl, type SchemaChange, schemaChanges } from './schema-changes.js';

export interface DeployOptions {
  fleet: Fleet;
  /** The access token with which changes are queried. */
  token: string;
  /** Called once all gateways serve a change. */
  onPublished(change: SchemaChange): void;
  /** Called before a change is taken back. Resolves once no client uses it. */
  onRemoval(change: SchemaChange): Promise<void>;
  log(line: string): void;
}

/** The versions of the builds. */
const versions = { newer: '0.2.0', newest: '0.3.0', faulty: '0.4.0' };

/** Milliseconds in which the gateways must serve a new supergraph. */
const publishTimeoutMs = 30_000;

/** The service whose field is removed, and whose next release is rolled back: the one with most event streams. */
const releasedAgain = 'messaging';

/**
 * Deploys every service in the order of the deploy workflow: an addition to each of them, then the removal of one of these
 * fields, and then a release that is rolled back.
 */
export async function deployAll(options: DeployOptions): Promise<void> {
  const { fleet } = options;
  const publishTo = (supergraph: string) => fleet.supergraph.publish(supergraph);
  const graph = await openPublishedGraph(join(fleet.directory, 'registry'), publishTo);
  for (const change of schemaChanges) {
    await release(options, graph, change, versions.newer);
    options.onPublished(change);
  }
  await replace(options, 'gateway', 'gateway/dist/main.js', versions.newer);
  for (const change of schemaChanges.filter(({ service }) => service === releasedAgain)) {
    await options.onRemoval(change);
    await releaseRemoval(options, graph, change, versions.newest);
    await releaseAndRollBack(options, graph, change);
  }
}

/** A field is deployed before it is published, and used once all gateways serve it. */
async function release(
  options: DeployOptions,
  graph: PublishedGraph,
  change: SchemaChange,
  version: string,
): Promise<void> {
  await replace(options, change.service, newerScript(change), version);
  await graph.publish(change.service, await newerSdl(change));
  await waitUntilGateways(options, change, servesChange);
  options.log(`${change.type}.build is published`);
}

/** A field is unpublished before it is undeployed. */
async function releaseRemoval(
  options: DeployOptions,
  graph: PublishedGraph,
  change: SchemaChange,
  version: string,
): Promise<void> {
  const { sdl } = await committedSubgraph(change.service);
  await graph.publishRemovals(change.service, sdl);
  await waitUntilGateways(options, change, refusesChange);
  options.log(`${change.type}.build is no longer published`);
  await replace(options, change.service, formerScript(change), version);
}

/** Adds the field again, and takes it back as the workflow does after a failed step: first the schema, then the tasks. */
async function releaseAndRollBack(options: DeployOptions, graph: PublishedGraph, change: SchemaChange): Promise<void> {
  const former = graph.version();
  await release(options, graph, change, versions.faulty);
  options.log(`${change.service} is rolled back`);
  await graph.restore(change.service, former);
  await waitUntilGateways(options, change, refusesChange);
  await replace(options, change.service, formerScript(change), versions.newest);
}

function newerScript({ service }: SchemaChange): string {
  return `local/dist/rehearsal/newer/newer-${service}.js`;
}

function formerScript({ service }: SchemaChange): string {
  return `subgraphs/${service}/dist/main.js`;
}

async function replace({ fleet, log }: DeployOptions, service: string, script: string, version: string): Promise<void> {
  log(`${service} is replaced by ${version}`);
  await fleet.groups.get(service)?.replaceAll({ script, environment: { SERVICE_VERSION: version } });
}

interface Answer {
  data?: unknown;
  errors?: unknown;
}

/** Resolves once every gateway answers the query of a change as expected. */
async function waitUntilGateways(
  { fleet, token }: DeployOptions,
  change: SchemaChange,
  isExpected: (answer: Answer, change: SchemaChange) => boolean,
): Promise<void> {
  for (const { port, name } of fleet.groups.get('gateway')?.replicas ?? []) {
    const deadline = Date.now() + publishTimeoutMs;
    for (;;) {
      const answer = await sendOnce<unknown>(`http://127.0.0.1:${port}`, token, newerQuery(change), {});
      if (isExpected(answer, change)) break;
      if (Date.now() > deadline)
        throw new Error(`${name} has not loaded the change of ${change.type}: ${JSON.stringify(answer)}`);
      await wait(100);
    }
  }
}

/** Only users exist in a new fleet; for other types a response without errors suffices. */
function servesChange({ data, errors }: Answer, { service }: SchemaChange): boolean {
  return !errors && (service !== 'users' || JSON.stringify(data).includes(`"${addedValue}"`));
}

function refusesChange({ errors }: Answer): boolean {
  return JSON.stringify(errors ?? []).includes('Cannot query field');
}
