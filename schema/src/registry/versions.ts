import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SubgraphSdl } from '../compose.js';
import { CommandError } from './command-error.js';
import type { RegistryStore } from './store.js';

/**
 * A version of the graph. It is immutable, and refers to the SDL of each subgraph by digest. The newest version is live.
 * The number of a version can be claimed only once, so that of two concurrent publications one fails and starts again.
 */
export interface Version {
  number: number;
  /** The time of publication, in ISO 8601. */
  at: string;
  by: string;
  /** A description of the action, for example `publish users`. */
  what: string;
  subgraphs: Readonly<Record<string, PublishedSubgraph>>;
  /** The changes that break clients, and the reason for which they were published. Absent without any. */
  allowed?: AllowedChanges;
  /** A remark of the publisher, for example why the running service was not asked. */
  note?: string;
  /** In a preview graph, the services that were published to it; the others are those of the main graph. */
  own?: readonly string[];
}

export interface AllowedChanges {
  reason: string;
  /** A line for each change and the clients that it breaks. */
  changes: readonly string[];
}

interface PublishedSubgraph {
  url: string;
  /** SHA-256 of the SDL, hexadecimal. */
  sdl: string;
}

/** The newest version; undefined if nothing has been published. */
export async function newestVersion(store: RegistryStore): Promise<Version | undefined> {
  const key = (await store.list('versions/')).at(-1);
  return key === undefined ? undefined : versionAt(store, key);
}

/** @throws CommandError when there is no such version */
export async function readVersion(store: RegistryStore, number: number): Promise<Version> {
  const version = await versionAt(store, keyOf(number));
  if (version) return version;
  throw new CommandError(`There is no version ${number} in this registry.`);
}

/** The most recent versions, newest first. */
export async function lastVersions(store: RegistryStore, count: number): Promise<Version[]> {
  const keys = (await store.list('versions/')).slice(-count).reverse();
  const versions = await Promise.all(keys.map((key) => versionAt(store, key)));
  return versions.filter((version) => version !== undefined);
}

/** Writes a version. Returns false if its number is already claimed. */
export async function claimVersion(store: RegistryStore, version: Version): Promise<boolean> {
  return store.create(keyOf(version.number), `${JSON.stringify(version, null, 2)}\n`);
}

/** The subgraphs of a version, as the input of composition. */
export async function readSubgraphs(store: RegistryStore, { subgraphs }: Version): Promise<SubgraphSdl[]> {
  return Promise.all(
    Object.entries(subgraphs).map(async ([name, { url, sdl }]) => ({ name, url, sdl: await readSdl(store, sdl) })),
  );
}

/** Stores an SDL under its digest. */
export async function storeSdl(store: RegistryStore, { url, sdl }: SubgraphSdl): Promise<PublishedSubgraph> {
  const digest = createHash('sha256').update(sdl).digest('hex');
  await store.create(`texts/${digest}`, sdl);
  return { url, sdl: digest };
}

async function readSdl(store: RegistryStore, digest: string): Promise<string> {
  const found = await store.read(`texts/${digest}`);
  if (found !== undefined) return found;
  throw new Error(`The registry has no SDL with the digest ${digest}.`);
}

/** Padded, so that keys sort by number. */
function keyOf(number: number): string {
  return `versions/${String(number).padStart(8, '0')}.json`;
}

async function versionAt(store: RegistryStore, key: string): Promise<Version | undefined> {
  const found = await store.read(key);
  return found === undefined ? undefined : versionShape.parse(JSON.parse(found));
}

const versionShape: z.ZodType<Version> = z.object({
  number: z.int(),
  at: z.iso.datetime(),
  by: z.string(),
  what: z.string(),
  subgraphs: z.record(z.string(), z.object({ url: z.string(), sdl: z.string() })),
  allowed: z.object({ reason: z.string(), changes: z.array(z.string()) }).exactOptional(),
  note: z.string().exactOptional(),
  own: z.array(z.string()).exactOptional(),
});
