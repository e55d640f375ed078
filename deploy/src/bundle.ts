/** Makes each function one file that Lambda can load. It is run by `npm run build`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/** What the bundle of a CommonJS package expects to find in a module. */
const banner = {
  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};

/** typeorm asks for its driver by a name that it makes up while it runs, which no bundler follows. */
const withDriver: Plugin = {
  name: 'with-driver',
  setup({ onLoad }) {
    onLoad({ filter: /typeorm[/\\]platform[/\\]PlatformTools\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace('return require(name);', "return name === 'pg' ? require('pg') : require(name);");
      if (contents === text) throw new Error(`typeorm no longer loads its drivers as ${path} did.`);
      return { contents };
    });
  },
};

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  banner,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'error',
};

await Promise.all([bundle('media/main', 'media'), bundle('pre-token', 'pre-token')]);

async function bundle(entry: string, asset: string): Promise<void> {
  await build({
    ...common,
    entryPoints: [here(`functions/${entry}.js`)],
    outfile: here(`assets/${asset}/index.mjs`),
    // Lambda brings the one; the other is compiled for each kind of processor, and fetched before a deploy.
    external: ['@aws-sdk/client-secrets-manager', 'sharp'],
    plugins: [withDriver],
  });
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
