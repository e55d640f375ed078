import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Closers } from '@marquee/chassis/process/closers';
import { schemaFile } from '../fixtures/whole-graph.js';
import { type DocumentName, documents } from './client-documents.js';

/** The artifacts of the Relay compiler: the code that Relay runs, one module for each operation. */
export interface RelayProject {
  /** Paths of the artifacts. */
  artifacts: Record<DocumentName, string>;
  /** The file of persisted documents. */
  persistedFile: string;
}

export interface RelayOptions {
  /** Whether clients send the id of a document instead of its text. */
  isPersisted: boolean;
}

/** Compiles the documents for Relay against the public schema. @throws Error with the output of the compiler */
export async function compileForRelay(closers: Closers, options: RelayOptions): Promise<RelayProject> {
  const { generated, persistedFile } = await compileModule(closers, 'stock', Object.values(documents), options);
  const names = Object.keys(documents) as DocumentName[];
  const artifacts = names.map((name) => [name, join(generated, `${operationName(name)}.graphql.js`)]);
  return { artifacts: Object.fromEntries(artifacts) as RelayProject['artifacts'], persistedFile };
}

/** The output of the Relay compiler for one module. */
export interface CompiledModule {
  /** The folder of the artifacts: a file `<name>.graphql.js` for each operation and fragment. */
  generated: string;
  persistedFile: string;
}

/**
 * Compiles the operations and fragments of a module against the public schema.
 * @param module its name, with which the names of the documents begin
 * @throws Error with the output of the compiler
 */
export async function compileModule(
  closers: Closers,
  module: string,
  texts: readonly string[],
  { isPersisted }: RelayOptions,
): Promise<CompiledModule> {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-relay-'));
  closers.add({ close: () => rm(directory, { recursive: true, force: true }) });
  const [src, persistedFile] = [join(directory, 'src'), join(directory, 'persisted.json')];
  await mkdir(src);
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await writeFile(persistedFile, '{}');
  await writeFile(join(src, `${module}.js`), sourceText(texts));
  const config = {
    src,
    schema: fileURLToPath(schemaFile('api')),
    language: 'javascript',
    eagerEsModules: true,
    ...(isPersisted && { persistConfig: { file: persistedFile, algorithm: 'MD5' } }),
  };
  await writeFile(join(directory, 'relay.config.json'), JSON.stringify(config));
  const compiler = createRequire(import.meta.url).resolve('relay-compiler/cli.js');
  await promisify(execFile)(process.execPath, [compiler, join(directory, 'relay.config.json')], { cwd: directory });
  return { generated: join(src, '__generated__'), persistedFile };
}

/** The artifacts as values, for the runtime in this process. */
export async function loadArtifacts({ artifacts }: RelayProject): Promise<Record<DocumentName, object>> {
  const loaded = Object.entries(artifacts).map(async ([name, path]) => {
    const { default: artifact } = (await import(pathToFileURL(path).href)) as { default: object };
    return [name, artifact] as const;
  });
  return Object.fromEntries(await Promise.all(loaded)) as Record<DocumentName, object>;
}

function sourceText(texts: readonly string[]): string {
  const tags = texts.map((text) => `graphql\`${text}\`;`);
  return ["import { graphql } from 'relay-runtime';", ...tags].join('\n');
}

function operationName(name: DocumentName): string {
  return /^\w+ (\w+)/.exec(documents[name])?.[1] ?? name;
}
