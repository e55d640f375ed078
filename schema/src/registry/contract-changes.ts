/**
 * The changes of a contract between its published versions, for the page of its users. They are stored next to the
 * contract, because gateways do not read the versions of the graph.
 */
import { diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';
import { changeLevel, type ChangeLevel } from './change-level.js';
import { composeCached } from './compose-cache.js';
import { composeContract, type Contract } from './contract.js';
import type { RegistryStore } from './store.js';
import { readSubgraphs, readVersion, type Version } from './versions.js';

/** One version of a contract. */
interface ContractVersion {
  /** The number of the version of the graph. */
  version: number;
  /** The time of publication, in ISO 8601. */
  at: string;
  /** Empty for the first version. */
  changes: readonly { level: ChangeLevel; message: string }[];
}

/** Number of versions that are kept in the list. */
const keptVersions = 50;

/** Number of versions before the newest one whose changes are recorded later, if their publishers did not record them. */
const recoveredVersions = 20;

/**
 * Milliseconds in which a publication starts to record those of earlier versions, since each takes a composition and a publisher
 * has two minutes. The next publications record the rest.
 */
const defaultRecoveryMs = 15_000;

/**
 * Makes the contract of a version live, and adds its changes to `live/<name>-changes.json`, the newest first. The list is
 * derived from `live/<name>-changes/`, so that concurrent publications lose no changes of each other.
 * @param recoveryMs milliseconds in which to start to record the changes of earlier versions without a record. Default: 15,000
 */
export async function writeContract(
  store: RegistryStore,
  name: string,
  { supergraph, api }: Contract,
  version: Pick<Version, 'number' | 'at'>,
  recoveryMs = defaultRecoveryMs,
): Promise<void> {
  await recordChanges(store, name, { ...version, api }, recoveryMs);
  await writeList(store, name);
  await store.replace(`live/${name}.graphql`, supergraph);
}

/** A version of the graph with the schema of a contract; undefined if the version lacks the contract. */
interface ContractState extends Pick<Version, 'number' | 'at'> {
  api: GraphQLSchema | undefined;
}

/**
 * Creates a key for the version, and for the versions before it that have none, as many as the time allows. Its content
 * depends only on the versions themselves, so that all publishers create the same content.
 */
async function recordChanges(
  store: RegistryStore,
  name: string,
  newest: ContractState,
  recoveryMs: number,
): Promise<void> {
  const recorded = new Set(await store.list(entryKey(name)));
  const until = performance.now() + recoveryMs;
  const first = Math.max(1, newest.number - recoveredVersions);
  let known: ContractState | undefined = newest;
  for (let number = newest.number; number >= first; number -= 1) {
    const isRecorded = recorded.has(entryKey(name, number));
    if (!isRecorded && number < newest.number && performance.now() >= until) return;
    known = isRecorded ? undefined : await record(store, name, known ?? (await stateAt(store, name, number)));
  }
}

/** Records the changes of a version. Returns the version before it. */
async function record(store: RegistryStore, name: string, state: ContractState): Promise<ContractState> {
  const former = await stateAt(store, name, state.number - 1);
  await store.create(entryKey(name, state.number), JSON.stringify((await entryOf(former.api, state)) ?? null));
  return former;
}

/** The changes of a version; undefined if there are none. The first version of a contract has an empty list. */
async function entryOf(
  former: GraphQLSchema | undefined,
  { number: version, at, api }: ContractState,
): Promise<ContractVersion | undefined> {
  if (!api) return undefined;
  const changes = former ? await changesOf(former, api) : [];
  return former && changes.length === 0 ? undefined : { version, at, changes };
}

async function stateAt(store: RegistryStore, name: string, number: number): Promise<ContractState> {
  if (number === 0) return { number, at: '', api: undefined };
  const version = await readVersion(store, number);
  const { supergraph } = composeCached(await readSubgraphs(store, version));
  return { number, at: version.at, api: composeContract(supergraph, name)?.api };
}

/** Writes the list. A slower publisher that replaces it with an older one writes it again when it finds the newer version. */
async function writeList(store: RegistryStore, name: string): Promise<void> {
  const key = `live/${name}-changes.json`;
  const recorded = (await store.list(entryKey(name))).slice(-keptVersions);
  const entries = await Promise.all(recorded.map((one) => readJson<ContractVersion | null>(store, one)));
  // Changes that earlier builds of the registry recorded are only in the list.
  const listed = (await readJson<ContractVersion[]>(store, key)) ?? [];
  const all = [...listed, ...entries.filter((entry) => entry !== null && entry !== undefined)];
  const byVersion = new Map(all.map((entry) => [entry.version, entry]));
  const versions = [...byVersion.values()].sort((one, other) => other.version - one.version).slice(0, keptVersions);
  await store.replace(key, `${JSON.stringify(versions, null, 2)}\n`);
}

/** The key of a version's changes, padded, so that keys sort by number. Without a number: the prefix of all of them. */
function entryKey(name: string, number?: number): string {
  const file = number === undefined ? '' : `${String(number).padStart(8, '0')}.json`;
  return `live/${name}-changes/${file}`;
}

async function readJson<Content>(store: RegistryStore, key: string): Promise<Content | undefined> {
  const text = await store.read(key);
  return text === undefined ? undefined : (JSON.parse(text) as Content);
}

async function changesOf(before: GraphQLSchema, after: GraphQLSchema): Promise<ContractVersion['changes']> {
  return (await diff(before, after)).map((change) => ({ level: changeLevel(change), message: change.message }));
}
