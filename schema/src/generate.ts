import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compose, type SubgraphSdl } from './compose.js';
import { eventFiles } from './event-files.js';
import { NullabilityError, nullabilityFaults } from './nullability.js';
import { localUrl, type Subgraph, subgraphs } from './services.js';

/** The files that are generated from the code. */
export interface Generated {
  /** The content of every file, by its path below `schema/`. */
  files: ReadonlyMap<string, string>;
  hints: string[];
}

/**
 * Prints the SDL of every subgraph from its code, composes them, and prints the JSON Schemas of the domain events.
 * @throws CompositionError when the subgraphs contradict each other; NullabilityError for non-null fields that must be
 * nullable; the error of a subgraph that cannot build its schema
 */
export async function generate(): Promise<Generated> {
  const printed = await Promise.all(subgraphs.map(printSdl));
  const { supergraph, api, hints } = compose(printed);
  const faults = nullabilityFaults(printed);
  if (faults.length > 0) throw new NullabilityError(faults);
  const files = new Map([
    ...printed.map(({ name, sdl }) => [`subgraphs/${name}.graphql`, sdl] as const),
    ['supergraph.graphql', supergraph],
    ['api.graphql', api],
    ...eventFiles(),
  ]);
  return { files, hints };
}

const printer = fileURLToPath(new URL('print.js', import.meta.url));

/** Prints the SDL of one subgraph from its code, in a separate process. */
export async function printSdl(subgraph: Subgraph): Promise<SubgraphSdl> {
  const { name } = subgraph;
  const { stdout } = await promisify(execFile)(process.execPath, [printer, name], { maxBuffer: 16 * 1024 * 1024 });
  return { name, url: localUrl(subgraph), sdl: stdout };
}
