import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../launcher/copy.js';

/** The supergraph that the gateways of a fleet watch. */
export interface SupergraphFile {
  path: string;
  /** Puts a text of the same meaning in its place: the gateways load it again. */
  rewrite(): Promise<void>;
}

export async function openSupergraph(directory: string): Promise<SupergraphFile> {
  const path = join(directory, 'supergraph.graphql');
  const sdl = await readFile(join(root, 'schema/supergraph.graphql'), 'utf8');
  let version = 0;
  const rewrite = async () => {
    version += 1;
    await writeFile(`${path}.new`, `${sdl}\n# version ${version}\n`);
    await rename(`${path}.new`, path);
  };
  await rewrite();
  return { path, rewrite };
}
