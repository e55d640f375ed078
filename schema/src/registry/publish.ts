import { waitForBackoff } from '@marquee/chassis/timing/backoff';
import type { SubgraphSdl } from '../compose.js';
import { composeCached } from './compose-cache.js';
import { canBeAllowed, type Check, checkAgainst, withChanged } from './check.js';
import { buildContract, contracts } from './contract.js';
import type { RegistryStore } from './store.js';
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

/**
 * Replaces the live subgraphs of the same names. Concurrent publications do not overwrite each other: the slower one is
 * checked and composed again on top of the faster one.
 * @param allow the reason for which it may break registered operations; the version keeps it with the changes
 * @throws PublicationRejected when the graph does not compose, or would break a registered operation
 */
export function publish(
  store: RegistryStore,
  changed: readonly SubgraphSdl[],
  by: string,
  allow?: string,
): Promise<Version> {
  const what = `publish ${changed.map(({ name }) => name).join(', ')}`;
  return advance(store, { by, what }, (live) => withChanged(live, changed), { isChecked: true, allow });
}

/**
 * Makes a previous version live again, as a new version. Operations are not checked.
 * @throws Error when there is no such version
 */
export async function rollback(store: RegistryStore, number: number, by: string): Promise<Version> {
  const previous = await readSubgraphs(store, await readVersion(store, number));
  // A rollback must work even if clients already use the removed elements.
  return advance(store, { by, what: `roll back to ${number}` }, () => previous, { isChecked: false });
}

/**
 * Writes the files that gateways read: `live/supergraph.graphql`, and one file per contract. Repeats until the written
 * version is the newest one, so that a slow publisher does not leave an older version live.
 */
async function writeLive(store: RegistryStore): Promise<void> {
  for (let written: number | undefined; ;) {
    const version = await newestVersion(store);
    if (!version || version.number === written) return;
    const { supergraph } = composeCached(await readSubgraphs(store, version));
    await store.replace('live/supergraph.graphql', supergraph);
    for (const name of contracts) {
      const contract = buildContract(supergraph, name);
      if (contract !== undefined) await store.replace(`live/${name}.graphql`, contract);
    }
    written = version.number;
  }
}

async function advance(
  store: RegistryStore,
  entry: Pick<Version, 'by' | 'what'>,
  step: NextGraph,
  { isChecked, allow }: { isChecked: boolean; allow?: string | undefined },
): Promise<Version> {
  for (let attempt = 1; ; attempt += 1) {
    const last = await newestVersion(store);
    const live = last ? await readSubgraphs(store, last) : [];
    const next = await step(live);
    if (last && isUnchanged(live, next)) return finishPublication(store, last);
    const allowed = await checkPublication(store, isChecked ? live : [], next, allow);
    const stored = await Promise.all(next.map(async (one) => [one.name, await storeSdl(store, one)] as const));
    const number = (last?.number ?? 0) + 1;
    const described = { number, at: new Date().toISOString(), ...entry, ...(allowed && { allowed }) };
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
  allow: string | undefined,
): Promise<AllowedChanges | undefined> {
  const result = await checkAgainst(store, live, next);
  if (result.passes) return undefined;
  if (allow === undefined || !canBeAllowed(result)) throw new PublicationRejected(result);
  const broken = result.changes.filter(({ usedBy }) => usedBy.length > 0);
  return { reason: allow, changes: broken.map(({ message, usedBy }) => `${message} (used by ${usedBy.join(', ')})`) };
}

function isUnchanged(one: readonly SubgraphSdl[], other: readonly SubgraphSdl[]): boolean {
  const texts = [one, other].map((list) => JSON.stringify(list.map(({ name, url, sdl }) => [name, url, sdl]).sort()));
  return texts[0] === texts[1];
}
