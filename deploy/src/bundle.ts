/**
 * Bundles each Lambda function, and the process that the media function starts, into one file each. `npm run build`
 * runs it.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/** Bundled CommonJS packages call `require`, which ES modules do not have. */
const banner = {
  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};

/** Replaces typeorm's `require` of a computed driver name, which a bundler cannot resolve. */
const withDriver: Plugin = {
  name: 'with-driver',
  setup({ onLoad }) {
    onLoad({ filter: /typeorm[/\\]platform[/\\]PlatformTools\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace('return require(name);', "return name === 'pg' ? require('pg') : require(name);");
      if (contents === text) throw new Error(`${path} no longer loads drivers in the expected way.`);
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

await Promise.all([
  bundle(here('functions/media/main.js'), 'media/index'),
  bundle(fileURLToPath(import.meta.resolve('@marquee/users/media/processing/file-worker')), 'media/file-worker'),
  bundle(here('functions/pre-token.js'), 'pre-token/index'),
  bundle(here('functions/publisher.js'), 'publisher/index'),
]);

async function bundle(entry: string, asset: string): Promise<void> {
  await build({
    ...common,
    entryPoints: [entry],
    outfile: here(`assets/${asset}.mjs`),
    // A native module, which native.ts downloads before a deploy.
    external: ['sharp'],
    plugins: [withDriver],
  });
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
