import type { SubgraphSdl } from '../compose.js';
import { CommandError } from './command-error.js';
import { advance } from './publish.js';
import type { RegistryStore } from './store.js';
import { readSubgraphs, readVersion, type Version } from './versions.js';

export interface RestoreOptions {
  /** The service whose schema is restored. Those of all other services stay as they are. */
  name: string;
  /** The version whose schema of the service becomes live again. Without the service in it, the service is removed. */
  number: number;
  /** The version that published the schema to be replaced. Absent: whatever is live. */
  expected?: number | undefined;
  by: string;
}

/**
 * Makes the schema of one service from a previous version live again, as a new version. Operations are not checked, because
 * a rollback must work even if clients already use the removed elements.
 * @throws CommandError when there is no such version, or the service was published again after the expected one;
 * PublicationRejected when the graph does not compose
 */
export async function restore(store: RegistryStore, { name, number, expected, by }: RestoreOptions): Promise<Version> {
  const former = await subgraphAt(store, number, name);
  const replaced = expected === undefined ? undefined : await subgraphAt(store, expected, name);
  // Called again if another publication was faster, so that the comparison holds for the version that is replaced.
  const step = (live: readonly SubgraphSdl[]) => {
    const current = live.find((subgraph) => subgraph.name === name);
    if (expected !== undefined && current?.sdl !== replaced?.sdl && current?.sdl !== former?.sdl)
      throw new CommandError(
        `The schema of "${name}" was published again after version ${expected}: check that change before you restore version ${number}.`,
      );
    const others = live.filter((subgraph) => subgraph.name !== name);
    return former ? [...others, former].sort(byName) : others;
  };
  return advance(store, { by, what: `restore ${name} of ${number}` }, step, { isChecked: false });
}

async function subgraphAt(store: RegistryStore, number: number, name: string): Promise<SubgraphSdl | undefined> {
  const subgraphs = await readSubgraphs(store, await readVersion(store, number));
  return subgraphs.find((subgraph) => subgraph.name === name);
}

function byName(one: SubgraphSdl, other: SubgraphSdl): number {
  return one.name < other.name ? -1 : 1;
}
