/** Makes each function one file that Lambda can load. It is run by `npm run build`. */
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

/** What the bundle of a CommonJS package expects to find in a module. */
const banner = {
  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
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

await Promise.all([bundle('media/main', 'media', typeormDrivers()), bundle('pre-token', 'pre-token', [])]);

async function bundle(entry: string, asset: string, external: readonly string[]): Promise<void> {
  await build({
    ...common,
    entryPoints: [here(`functions/${entry}.js`)],
    outfile: here(`assets/${asset}/index.mjs`),
    external: ['@aws-sdk/client-secrets-manager', 'sharp', ...external],
  });
}

/** typeorm asks for the driver that is configured; these are not, and are not installed. */
function typeormDrivers(): string[] {
  return [];
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
