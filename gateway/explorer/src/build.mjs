/** Bundles the scripts and styles of the gateway's pages into `dist`, each file with a gzipped copy. */
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('.', import.meta.url));
const dist = fileURLToPath(new URL('../dist', import.meta.url));

const baseOptions = {
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
  entryPoints: ['landing.ts', 'partner.ts', 'sign-in.ts', 'explorer.ts', 'sandbox.ts'],
  outdir: dist,
  splitting: true,
  chunkNames: '[name]-[hash]',
  // The modules of the editor import their styles, which explorer.css already contains.
  loader: { '.css': 'empty' },
};

const styles = {
  entryPoints: ['landing.css', 'explorer.css', 'sandbox.css'],
  outdir: dist,
};

/** The web workers of the editor. */
const workers = {
  entryPoints: {
    editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'monaco-graphql/esm/graphql.worker.js',
  },
  outdir: join(dist, 'workers'),
};

await rm(dist, { recursive: true, force: true });
await Promise.all([scripts, styles, workers].map((options) => build({ ...baseOptions, ...options })));
await copyFile(join(source, 'icon.svg'), join(dist, 'icon.svg'));
await compress();

async function compress() {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(
    files.map(async (file) => writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file), { level: 9 }))),
  );
}
