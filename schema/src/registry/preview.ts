import type { SubgraphSdl } from '../compose.js';
import { withChanged } from './check.js';
import { advance } from './publish.js';
import type { RegistryStore } from './store.js';
import { newestVersion, readSubgraphs, type Version } from './versions.js';

const nameShape = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * The registry of a preview graph, such as that of a pull request, within another registry.
 * @throws Error for an invalid name
 */
export function previewStore(main: RegistryStore, name: string): RegistryStore {
  if (!nameShape.test(name))
    throw new Error(`Invalid graph "${name}": expected at most 40 lower-case letters, digits and hyphens.`);
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
  const last = await newestVersion(preview);
  const earlier = last ? await readSubgraphs(preview, last) : [];
  const own = withChanged(
    earlier.filter(({ name }) => last?.own?.includes(name)),
    changed,
  );
  const live = await newestVersion(main);
  const base = live ? await readSubgraphs(main, live) : [];
  const what = `publish ${changed.map(({ name }) => name).join(', ')}`;
  const entry = { by, what, own: own.map(({ name }) => name) };
  return advance(preview, entry, () => withChanged(base, own), { isChecked: false });
}
