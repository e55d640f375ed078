import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import type { SubgraphSdl } from '../compose.js';
import { composeCached } from './compose-cache.js';
import { canBeAllowed, type Check, checkAgainst, withChanged } from './check.js';
import { describeUsers } from './check-report.js';
import { CommandError } from './command-error.js';
import { composeContract, contracts } from './contract.js';
import { writeContract } from './contract-changes.js';
import type { RegistryStore } from './store.js';
import type { UsageLimit } from './usage-limit.js';
import {
  type AllowedChanges,
  claimVersion,
  newestVersion,
  readSubgraphs,
  readVersion,
  storeSdl,
  type Version,
} from './versions.js';

/** Thrown when a graph must not be published, with the check that failed. */
export class PublicationRejected extends Error {
  constructor(readonly check: Check) {
    super('The graph was not published.');
    this.name = 'PublicationRejected';
  }
}

/** The delays after a lost race, fully random so that concurrent publishers spread out. */
const backoff = { baseMs: 200, maxMs: 2_000, jitter: 'full' } as const;

/** Computes the next graph from the live one. Called again if another publication was faster. */
type NextGraph = (live: readonly SubgraphSdl[]) => Promise<readonly SubgraphSdl[]> | readonly SubgraphSdl[];

/** The changes that a publication may contain. */
export interface PublishOptions {
  /** The reason for which it may break clients; the version keeps it with the changes. */
  allow?: string | undefined;
  /** How much recorded use of a changed element is accepted. Default: none in the last 30 days. */
  limit?: UsageLimit | undefined;
  /** A remark for the history. */
  note?: string | undefined;
}

/**
 * Replaces the live subgraphs of the same names. Concurrent publications do not overwrite each other: the slower one is
 * checked and composed again on top of the faster one.
 * @throws PublicationRejected when the graph does not compose, or would break clients
 */
export function publish(
  store: RegistryStore,
  changed: readonly SubgraphSdl[],
  by: string,
  options: PublishOptions = {},
): Promise<Version> {
  const what = `publish ${changed.map(({ name }) => name).join(', ')}`;
  return advance(store, { by, what }, (live) => withChanged(live, changed), { isChecked: true, ...options });
}

/**
 * Removes a subgraph from the live graph.
 * @throws PublicationRejected when the rest does not compose, or clients use the subgraph; CommandError if it is not live
 */
export function unpublish(
  store: RegistryStore,
  name: string,
  by: string,
  options: PublishOptions = {},
): Promise<Version> {
  const without = (live: readonly SubgraphSdl[]) => {
    if (live.some((subgraph) => subgraph.name === name)) return live.filter((subgraph) => subgraph.name !== name);
    throw new CommandError(`The live graph has no service "${name}".`);
  };
  return advance(store, { by, what: `delete ${name}` }, without, { isChecked: true, ...options });
}

/**
 * Makes a previous version live again, as a new version. Operations are not checked.
 * @throws CommandError when there is no such version
 */
export async function rollback(store: RegistryStore, number: number, by: string): Promise<Version> {
  const version = await readVersion(store, number);
  const previous = await readSubgraphs(store, version);
  const entry = { by, what: `roll back to ${number}`, ...(version.own && { own: version.own }) };
  // A rollback must work even if clients already use the removed elements.
  return advance(store, entry, () => previous, { isChecked: false });
}

/**
 * Writes the files that gateways read: `live/supergraph.graphql`, and the supergraph and the changes of each contract. Repeats until the written
 * version is the newest one, so that a slow publisher does not leave an older version live.
 */
async function writeLive(store: RegistryStore): Promise<void> {
  for (let written: number | undefined; ;) {
    const version = await newestVersion(store);
    if (!version || version.number === written) return;
    const { supergraph } = composeCached(await readSubgraphs(store, version));
    await store.replace('live/supergraph.graphql', supergraph);
    for (const name of contracts) {
      const contract = composeContract(supergraph, name);
      if (contract) await writeContract(store, name, contract, version);
    }
    written = version.number;
  }
}

/** Publishes the next graph. @throws PublicationRejected when it does not compose, or breaks clients and is checked */
export async function advance(
  store: RegistryStore,
  entry: Pick<Version, 'by' | 'what' | 'own'>,
  step: NextGraph,
  { isChecked, ...options }: PublishOptions & { isChecked: boolean },
): Promise<Version> {
  for (let attempt = 1; ; attempt += 1) {
    const last = await newestVersion(store);
    const live = last ? await readSubgraphs(store, last) : [];
    const next = await step(live);
    if (last && isUnchanged(live, next)) return finishPublication(store, last);
    const allowed = await checkPublication(store, isChecked ? live : [], next, options);
    const stored = await Promise.all(next.map(async (one) => [one.name, await storeSdl(store, one)] as const));
    const number = (last?.number ?? 0) + 1;
    const { note } = options;
    const remarks = { ...(allowed && { allowed }), ...(note !== undefined && { note }) };
    const described = { number, at: new Date().toISOString(), ...entry, ...remarks };
    const version = { ...described, subgraphs: Object.fromEntries(stored) };
    if (await claimVersion(store, version)) return finishPublication(store, version);
    await waitForBackoff(attempt, backoff);
  }
}

async function finishPublication(store: RegistryStore, version: Version): Promise<Version> {
  await writeLive(store);
  return version;
}

/** Returns the changes that break operations and are allowed, if there are any. @throws PublicationRejected */
async function checkPublication(
  store: RegistryStore,
  live: readonly SubgraphSdl[],
  next: readonly SubgraphSdl[],
  { allow, limit }: PublishOptions,
): Promise<AllowedChanges | undefined> {
  const result = await checkAgainst(store, live, next, limit);
  if (result.passes) return undefined;
  if (allow === undefined || !canBeAllowed(result)) throw new PublicationRejected(result);
  const broken = result.changes.filter(({ isRefused }) => isRefused);
  return { reason: allow, changes: broken.map((change) => `${change.message} (${describeUsers(change).join(', ')})`) };
}

function isUnchanged(one: readonly SubgraphSdl[], other: readonly SubgraphSdl[]): boolean {
  const texts = [one, other].map((list) => JSON.stringify(list.map(({ name, url, sdl }) => [name, url, sdl]).sort()));
  return texts[0] === texts[1];
}
