import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphQLError, parse, Source } from 'graphql';
import type { SubgraphSdl } from '../compose.js';
import { printSdl } from '../generate.js';
import { localUrl, subgraphs } from '../services.js';
import { CommandError } from './command-error.js';

/** Where the SDLs of services are read from. */
export interface SdlSource {
  /** A file; for several services, a directory. Without it the SDL is printed from the code. */
  sdl?: string | undefined;
  /** The URL of the service, if it is not in `subgraphs/services.json`. */
  url?: string | undefined;
}

/** Reads the SDLs of services. @throws CommandError for an unknown service, or an SDL with a syntax error */
export function readSdls(names: readonly string[], { sdl, url }: SdlSource): Promise<SubgraphSdl[]> {
  if (names.length === 0) throw new CommandError('Name at least one service.');
  if (url !== undefined && names.length > 1) throw new CommandError('--url can be used with only one service.');
  const file = (name: string) => (sdl === undefined || names.length === 1 ? sdl : join(sdl, `${name}.graphql`));
  return Promise.all(names.map((name) => readSdl(name, file(name), url)));
}

async function readSdl(name: string, file: string | undefined, url: string | undefined): Promise<SubgraphSdl> {
  const known = subgraphs.find((subgraph) => subgraph.name === name);
  const address = url ?? (known && localUrl(known));
  if (address === undefined)
    throw new CommandError(`The service "${name}" is not in subgraphs/services.json: use --url and --sdl.`);
  if (file !== undefined) return { name, url: address, sdl: checkSyntax(await readText(file), file) };
  if (!known) throw new CommandError(`The service "${name}" is not in subgraphs/services.json: use --sdl.`);
  return { ...(await printSdl(known)), url: address };
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((failure: Error) => {
    throw new CommandError(`The SDL cannot be read: ${failure.message}`);
  });
}

/** Returns the SDL. @throws CommandError with the file, line and column of a syntax error, as compilers print them */
function checkSyntax(sdl: string, file: string): string {
  try {
    parse(new Source(sdl, file));
    return sdl;
  } catch (failure) {
    if (!(failure instanceof GraphQLError)) throw failure;
    const [{ line, column } = { line: 1, column: 1 }] = failure.locations ?? [];
    throw new CommandError(`${file}:${line}:${column}: ${failure.message}`);
  }
}
