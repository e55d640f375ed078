import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryStore } from '@marquee/schema/registry/directory';
import { publish } from '@marquee/schema/registry/publish';
import { publishRemovals } from '@marquee/schema/registry/removals';
import { restore } from '@marquee/schema/registry/restore';
import type { Version } from '@marquee/schema/registry/versions';
import { subgraphs } from '@marquee/schema/services';
import { repositoryRoot } from '../launcher/instance.js';

/** A registry of schemas, with the steps of the deploy workflow. Each makes the next supergraph live. */
export interface PublishedGraph {
  /** The version that is live. */
  version(): number;
  publish(service: string, sdl: string): Promise<void>;
  /** Publishes only the removals that the SDL contains. */
  publishRemovals(service: string, sdl: string): Promise<void>;
  /** Returns to the service's schema of a version. */
  restore(service: string, version: number): Promise<void>;
}

const by = 'rehearsal';

/** Gateways that were replaced have reported the use of the removed field to this registry. */
const allow = 'no client uses the field any more';

/**
 * Publishes the committed schemas to a new registry.
 * @param serve makes gateways load a supergraph
 */
export async function openPublishedGraph(
  directory: string,
  serve: (supergraph: string) => Promise<void>,
): Promise<PublishedGraph> {
  const store = directoryStore(directory);
  let live = await publish(store, await Promise.all(subgraphs.map(({ name }) => committedSubgraph(name))), by);
  const serveNext = async (next: Version | undefined): Promise<void> => {
    if (next === undefined) throw new Error('Nothing was published.');
    live = next;
    await serve((await store.read('live/supergraph.graphql')) ?? '');
  };
  await serveNext(live);
  return {
    version: () => live.number,
    publish: async (name, sdl) => serveNext(await publish(store, [{ ...(await committedSubgraph(name)), sdl }], by)),
    publishRemovals: async (name, sdl) =>
      serveNext(await publishRemovals(store, [{ ...(await committedSubgraph(name)), sdl }], by, { allow })),
    restore: async (name, number) => serveNext(await restore(store, { name, number, expected: live.number, by })),
  };
}

/** A subgraph of this commit. */
export async function committedSubgraph(name: string) {
  const sdl = await readFile(join(repositoryRoot, 'schema/subgraphs', `${name}.graphql`), 'utf8');
  return { name, url: `http://${name}.internal/graphql`, sdl };
}
