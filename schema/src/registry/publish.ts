import { setTimeout as wait } from 'node:timers/promises';
import type { SubgraphSdl } from '../compose.js';
import { composeCached } from './compose-cache.js';
import { type Check, checkAgainst, withChanged } from './check.js';
import { buildContract, contracts } from './contract.js';
import type { RegistryStore } from './store.js';
import { storeSdl, newestVersion, readSubgraphs, claimVersion, type Version, readVersion } from './versions.js';

/** Thrown for what must not go live. The check says why. */
export class PublicationRejected extends Error {
  constructor(readonly check: Check) {
    super('This was not published.');
    this.name = 'Refused';
  }
}

/** Most milliseconds that a publisher waits who was overtaken once, so that many do not stay in step. */
const pause = 200;

/** What a publication makes live. Done again on top of what others published meanwhile. */
type NextGraph = (live: readonly SubgraphSdl[]) => Promise<readonly SubgraphSdl[]> | readonly SubgraphSdl[];

/**
 * Puts subgraphs in the place of those that are live under their names. Others that publish at the same time lose
 * nothing: it is checked and composed again on top of theirs.
 * @throws Refused when the graph does not compose, or when a client's operation would break
 */
export function publish(store: RegistryStore, changed: readonly SubgraphSdl[], by: string): Promise<Version> {
  const what = `publish ${changed.map(({ name }) => name).join(', ')}`;
  return advance(store, { by, what }, (live) => withChanged(live, changed));
}

/**
 * Makes a former version live again, as a version of its own.
 * @throws Error when there is no such version
 */
export async function rollback(store: RegistryStore, number: number, by: string): Promise<Version> {
  const former = await readSubgraphs(store, await readVersion(store, number));
  // It was live before, and is wanted back now: whoever began to use what came later is not asked.
  return advance(store, { by, what: `roll back to ${number}` }, () => former, { isChecked: false });
}

/**
 * Writes what the gateways read: `live/supergraph.graphql`, and one file for each contract. Whoever is late writes
 * again until it was the newest version that was written last.
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
  note: Pick<Version, 'by' | 'what'>,
  step: NextGraph,
  { isChecked } = { isChecked: true },
): Promise<Version> {
  for (let attempt = 1; ; attempt += 1) {
    const last = await newestVersion(store);
    const live = last ? await readSubgraphs(store, last) : [];
    const next = await step(live);
    if (last && isUnchanged(live, next)) return finishPublication(store, last);
    await assertPublishable(store, isChecked ? live : [], next);
    const kept = await Promise.all(next.map(async (one) => [one.name, await storeSdl(store, one)] as const));
    const number = (last?.number ?? 0) + 1;
    const version = { number, at: new Date().toISOString(), ...note, subgraphs: Object.fromEntries(kept) };
    if (await claimVersion(store, version)) return finishPublication(store, version);
    await wait(Math.random() * pause * attempt);
  }
}

async function finishPublication(store: RegistryStore, version: Version): Promise<Version> {
  await writeLive(store);
  return version;
}

async function assertPublishable(
  store: RegistryStore,
  live: readonly SubgraphSdl[],
  next: readonly SubgraphSdl[],
): Promise<void> {
  const found = await checkAgainst(store, live, next);
  if (!found.passes) throw new PublicationRejected(found);
}

function isUnchanged(one: readonly SubgraphSdl[], other: readonly SubgraphSdl[]): boolean {
  const texts = [one, other].map((list) => JSON.stringify(list.map(({ name, url, sdl }) => [name, url, sdl]).sort()));
  return texts[0] === texts[1];
}
