import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import type { Closers } from '@marquee/chassis/process/closers';
import { buildASTSchema, parse } from 'graphql';
import { schemaFile } from '../fixtures/whole-graph.js';
import { type DocumentName, documents } from './client-documents.js';

/** A TypeScript project whose documents get their types from GraphQL Code Generator and from gql.tada. */
export interface TypedProject {
  /** Paths of the manifests of persisted documents. */
  manifests: { codegen: string; tada: string };
  /** Ids by which clients request the documents. */
  ids: { codegen: DocumentIds; tada: DocumentIds };
  /** Compiles the project. @throws Error with the errors of the compiler */
  checkTypes(): Promise<void>;
}

export type DocumentIds = Record<DocumentName, string>;

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const publicSchema = fileURLToPath(schemaFile('api'));

/** Types of the scalars in responses. */
const scalars = { DateTime: 'string', URL: 'string' };

/** Code that compiles only if results and variables have the types of the schema. */
const typedUse = `
type Messages = ResultOf<typeof documents.messages>;
export const lastSender = ({ conversation }: Messages): string | undefined =>
  conversation?.messages?.edges.at(-1)?.node.sender?.displayName;
export const variables: VariablesOf<typeof documents.messages> = { id: '1', first: 20 };
// @ts-expect-error -- the schema has no such field
export const subject = ({ conversation }: Messages) => conversation?.subject;
// @ts-expect-error -- \`first\` is a number
export const wrongVariables: VariablesOf<typeof documents.messages> = { id: '1', first: 'all' };
`;

/** Code that compiles only if the events of `@marquee/client` have the types of a document that is a string. */
const liveUse = `
import type { LiveClient } from '@marquee/client';
export async function lastMessage(client: LiveClient): Promise<string | undefined> {
  for await (const { data } of client.iterate({ query: documents.messageAdded, variables: { conversationId: '1' } }))
    return data?.messageAdded?.sender?.displayName;
}
// @ts-expect-error -- \`conversationId\` is missing
export const incomplete = (client: LiveClient) => client.iterate({ query: documents.messageAdded, variables: {} });
`;

/** Code that compiles only if `@marquee/client` takes the text of a parsed document, with its types. */
const parsedUse = `
import type { LiveClient } from '@marquee/client';
import { print } from 'graphql';
type Event = ResultOf<typeof documents.messageAdded>;
export async function lastMessage(client: LiveClient): Promise<string | undefined> {
  for await (const { data } of client.iterate<Event>({ query: print(documents.messageAdded) }))
    return data?.messageAdded?.sender?.displayName;
}
// @ts-expect-error -- the document is parsed
export const parsed = (client: LiveClient) => client.iterate({ query: documents.messageAdded });
`;

export async function openTypedProject(closers: Closers): Promise<TypedProject> {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-typed-'));
  closers.add({ close: () => rm(directory, { recursive: true, force: true }) });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await mkdir(join(directory, 'src'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig));
  const [codegenManifest, tadaManifest] = [await generateByCodegen(directory), await generateByTada(directory)];
  return {
    manifests: { codegen: codegenManifest, tada: tadaManifest },
    ids: {
      codegen: idsOf(await loadDocuments(directory, 'codegen'), (document) => document.__meta__?.hash),
      tada: idsOf(await loadDocuments(directory, 'tada'), (document) => document.documentId),
    },
    checkTypes: () => runTool(directory, 'tsc', '-p', '.'),
  };
}

const tsconfig = {
  compilerOptions: {
    ...{ target: 'es2022', lib: ['es2022', 'dom'], types: [], module: 'nodenext', strict: true, noEmit: true },
    skipLibCheck: true,
    plugins: [{ name: 'gql.tada/ts-plugin', schema: publicSchema, tadaOutputLocation: './src/graphql-env.d.ts' }],
  },
  include: ['src'],
};

/** @returns the path of the manifest */
async function generateByCodegen(directory: string): Promise<string> {
  const location = join(directory, 'src', 'codegen.ts');
  await writeFile(location, codegenSource());
  const schema = parse(await readFile(publicSchema, 'utf8'));
  const sections = await preset.buildGeneratesSection({
    schema,
    schemaAst: buildASTSchema(schema),
    documents: Object.values(documents).map((rawSDL) => ({ location, document: parse(rawSDL), rawSDL })),
    baseOutputDir: join(directory, 'src', 'gql/'),
    config: { documentMode: 'string', useTypeImports: true, importExtension: '.js', scalars },
    presetConfig: { persistedDocuments: { mode: 'replaceDocumentWithHash', hashAlgorithm: 'sha256' } },
    plugins: [],
    pluginMap: {},
  });
  for (const section of sections) {
    await mkdir(dirname(section.filename), { recursive: true });
    await writeFile(section.filename, await codegen(section));
  }
  return join(directory, 'src', 'gql', 'persisted-documents.json');
}

/** @returns the path of the manifest */
async function generateByTada(directory: string): Promise<string> {
  await writeFile(join(directory, 'src', 'tada.ts'), tadaSource());
  const manifest = join(directory, 'persisted-by-tada.json');
  await runTool(directory, 'gql.tada', 'generate', 'output');
  await runTool(directory, 'gql.tada', 'generate', 'persisted', '--output', manifest, '--fail-on-warn');
  return manifest;
}

function codegenSource(): string {
  const entries = Object.entries(documents).map(([name, text]) => `  ${name}: graphql(\`${text}\`),`);
  return [
    `import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';`,
    `import { graphql } from './gql/index.js';`,
    `export const documents = {\n${entries.join('\n')}\n};`,
    typedUse,
    liveUse,
  ].join('\n');
}

function tadaSource(): string {
  const entries = Object.entries(documents).map(
    ([name, text]) => `  ${name}: graphql.persisted('${name}.v1', graphql(\`${text}\`)),`,
  );
  return [
    `import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada';`,
    `import type { introspection } from './graphql-env.js';`,
    `const graphql = initGraphQLTada<{ introspection: introspection; scalars: ${scalarTypes()} }>();`,
    `export const documents = {\n${entries.join('\n')}\n};`,
    typedUse,
    parsedUse,
  ].join('\n');
}

function scalarTypes(): string {
  return `{ ${Object.entries(scalars)
    .map(([name, type]) => `${name}: ${type}`)
    .join('; ')} }`;
}

interface TypedDocument {
  __meta__?: { hash: string };
  documentId?: string;
}

/** The documents of a source file, as its program receives them. */
async function loadDocuments(directory: string, name: 'codegen' | 'tada'): Promise<Record<string, TypedDocument>> {
  const [source, bundle] = [`src/${name}.ts`, `bundle/${name}.js`];
  await execute(join(root, 'node_modules/.bin/esbuild'), [source, '--bundle', '--format=esm', `--outfile=${bundle}`], {
    cwd: directory,
  });
  const url = pathToFileURL(join(directory, bundle)).href;
  return ((await import(url)) as { documents: Record<string, TypedDocument> }).documents;
}

function idsOf(
  loaded: Record<string, TypedDocument>,
  idOf: (document: TypedDocument) => string | undefined,
): DocumentIds {
  const ids = Object.entries(loaded).map(([name, document]) => [name, idOf(document) ?? '']);
  return Object.fromEntries(ids) as DocumentIds;
}

async function runTool(directory: string, name: string, ...args: string[]): Promise<void> {
  const tool = join(root, 'node_modules', '.bin', name);
  try {
    await execute(process.execPath, [tool, ...args], { cwd: directory });
  } catch (failure) {
    const { stdout, stderr } = failure as { stdout: string; stderr: string };
    throw new Error(`${name} ${args.join(' ')}: ${stdout}${stderr}`, { cause: failure });
  }
}
