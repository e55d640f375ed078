import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../launcher/instance.js';

/** The supergraph file that the gateways of a fleet watch. */
export interface SupergraphFile {
  path: string;
  /** Rewrites the file with an equivalent text, so that the gateways reload it. */
  rewrite(): Promise<void>;
  /** Publishes another supergraph. */
  publish(sdl: string): Promise<void>;
}

export async function openSupergraphFile(directory: string): Promise<SupergraphFile> {
  const path = join(directory, 'supergraph.graphql');
  let current = await readFile(join(repositoryRoot, 'schema/supergraph.graphql'), 'utf8');
  let version = 0;
  const rewrite = async () => {
    version += 1;
    await writeFile(`${path}.new`, `${current}\n# version ${version}\n`);
    await rename(`${path}.new`, path);
  };
  const publish = (sdl: string) => {
    current = sdl;
    return rewrite();
  };
  await rewrite();
  return { path, rewrite, publish };
}
