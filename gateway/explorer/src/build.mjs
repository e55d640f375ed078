/** Bundles what the pages of the gateway load into `dist`, each file beside its compressed form. */
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../dist', import.meta.url));

const common = {
  absWorkingDir: source,
  bundle: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'warning',
};

const scripts = {
  entryPoints: ['landing.ts', 'sign-in.ts', 'explorer.ts', 'sandbox.ts'],
  outdir: dist,
  splitting: true,
  chunkNames: '[name]-[hash]',
  // The editor's modules name their styles, all of which explorer.css has.
  loader: { '.css': 'empty' },
};

const styles = {
  entryPoints: ['landing.css', 'explorer.css', 'sandbox.css'],
  outdir: dist,
};

/** What the editor does beside the page, each in a thread of its own. */
const workers = {
  entryPoints: {
    editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'monaco-graphql/esm/graphql.worker.js',
  },
  outdir: join(dist, 'workers'),
};

await rm(dist, { recursive: true, force: true });
await Promise.all([scripts, styles, workers].map((part) => build({ ...common, ...part })));
await copyFile(join(source, 'icon.svg'), join(dist, 'icon.svg'));
await compress();

async function compress() {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(
    files.map(async (file) => writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 9 }))),
  );
}
