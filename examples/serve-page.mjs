/**
 * Bundles a page and serves it at http://localhost:5173, with a reload after every change:
 *
 *   node examples/serve-page.mjs [folder]
 *
 * The folder has an `index.html` and a `page.jsx`; it is `examples/react-page` by default.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from 'esbuild';

const [folder = fileURLToPath(new URL('react-page', import.meta.url))] = process.argv.slice(2);
const directory = resolve(folder);
const bundle = await context({
  entryPoints: [join(directory, 'page.jsx')],
  outdir: directory,
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"development"' },
  banner: { js: "new EventSource('/esbuild').addEventListener('change', () => location.reload());" },
  logLevel: 'warning',
});
await bundle.watch();
const { port } = await bundle.serve({ servedir: directory, host: '127.0.0.1', port: 5173 });
process.stdout.write(`http://localhost:${port}\n`);
