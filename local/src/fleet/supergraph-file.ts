import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../launcher/instance.js';

/** The supergraph that the gateways of a fleet watch. */
export interface SupergraphFile {
  path: string;
  /** Puts a text of the same meaning in its place: the gateways load it again. */
  rewrite(): Promise<void>;
  /** Puts another supergraph in its place. */
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
