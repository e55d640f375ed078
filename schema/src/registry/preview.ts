import type { SubgraphSdl } from '../compose.js';
import { liveSubgraphs, withChanged } from './check.js';
import { CommandError } from './command-error.js';
import { advance } from './publish.js';
import type { RegistryStore } from './store.js';
import { newestVersion, readSubgraphs, type Version } from './versions.js';

const nameShape = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * The registry of a preview graph, such as that of a pull request, within another registry.
 * @throws CommandError for an invalid name
 */
export function previewStore(main: RegistryStore, name: string): RegistryStore {
  if (!nameShape.test(name))
    throw new CommandError(`Invalid graph "${name}": expected at most 40 lower-case letters, digits and hyphens.`);
  const prefix = `previews/${name}/`;
  return {
    read: (key) => main.read(prefix + key),
    create: (key, text) => main.create(prefix + key, text),
    replace: (key, text) => main.replace(prefix + key, text),
    list: async (start) => (await main.list(prefix + start)).map((key) => key.slice(prefix.length)),
  };
}

/**
 * Publishes services to a preview: the live main graph with these services, and those that were published to the preview
 * before. No client depends on a preview, so that only its composition is checked.
 * @throws PublicationRejected when the graph does not compose
 */
export async function publishPreview(
  main: RegistryStore,
  preview: RegistryStore,
  changed: readonly SubgraphSdl[],
  by: string,
): Promise<Version> {
  const entry = { by, what: `publish ${changed.map(({ name }) => name).join(', ')}`, own: [] as readonly string[] };
  // Called again if another publication was faster, so that its services are not lost.
  const step = async () => {
    const own = withChanged(await ownSubgraphs(preview), changed);
    entry.own = own.map(({ name }) => name);
    return withChanged(await liveSubgraphs(main), own);
  };
  return advance(preview, entry, step, { isChecked: false });
}

/** The subgraphs that were published to the preview itself. */
async function ownSubgraphs(preview: RegistryStore): Promise<SubgraphSdl[]> {
  const last = await newestVersion(preview);
  const subgraphs = last ? await readSubgraphs(preview, last) : [];
  return subgraphs.filter(({ name }) => last?.own?.includes(name));
}
