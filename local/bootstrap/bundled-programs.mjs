import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The folder of the bundles. `local/src/launcher/bundles.ts` reads it. It is gone after an installation, as everything in
 * `node_modules`.
 */
const folder = 'node_modules/.marquee-bundles';

/** The files of which the bundles were made. */
const inputsFile = 'inputs.json';

/** The compiled programs that load many modules. A bundle takes about half of the CPU time to load. */
const programs = { gateway: 'gateway/dist/main.js', issuer: 'local/dist/issuer/main.js' };

/** Native modules and their wrappers, and pg, which typeorm loads by a computed name: there must be one of it. */
const external = ['pg', 'pg-native', 'sharp', 'classic-level'];

/** Packages refer to these in CommonJS. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles the compiled programs into files that they share, unless no module has changed since the last time. Returns
 * whether it did: if it fails, for instance because `node_modules` is read-only, programs run from their own files.
 */
export async function bundlePrograms(root) {
  if (isCurrent(root)) return false;
  // Of this process alone: several instances may start at the same time.
  const outdir = `${folder}.${process.pid}`;
  try {
    await writeBundles(root, outdir);
    replaceBundles(join(root, outdir), join(root, folder));
    return true;
  } catch (failure) {
    if (!isCurrent(root)) process.stderr.write(`The programs are not bundled: ${failure.message}\n`);
    return false;
  } finally {
    rmSync(join(root, outdir), { recursive: true, force: true });
  }
}

async function writeBundles(root, outdir) {
  const { build } = await import('esbuild');
  const lock = describe(join(root, lockFile));
  const loaded = new Map();
  const plugins = [loading(loaded)];
  const { metafile } = await build({
    ...options,
    plugins,
    outdir,
    absWorkingDir: root,
    entryPoints: allPrograms(root),
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
  const described = inputs.map((path) => [path, loaded.get(join(root, path)) ?? 'unknown']);
  const state = Object.fromEntries([[lockFile, lock], ...described]);
  // Node does not look for the type of a module above `node_modules`.
  writeFileSync(join(root, outdir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, outdir, inputsFile), JSON.stringify(state));
}

/**
 * Moves the new files over the old ones, the list of inputs last: programs do not run from bundles before it is right. Old
 * files that have no successor stay for a week, since running programs may load some of them later.
 */
function replaceBundles(newFolder, oldFolder) {
  mkdirSync(oldFolder, { recursive: true });
  const files = readdirSync(newFolder).toSorted((one, other) => (one === inputsFile) - (other === inputsFile));
  for (const file of files) renameSync(join(newFolder, file), join(oldFolder, file));
  const weekAgo = Date.now() - 7 * 24 * 3_600_000;
  for (const file of readdirSync(oldFolder).filter((name) => !files.includes(name) && name !== 'compiled'))
    if (statSync(join(oldFolder, file)).mtimeMs < weekAgo)
      rmSync(join(oldFolder, file), { recursive: true, force: true });
}

/** By the name of their bundle. */
function allPrograms(root) {
  const services = JSON.parse(readFileSync(join(root, 'subgraphs/services.json'), 'utf8'));
  return { ...programs, ...Object.fromEntries(services.map(({ name }) => [name, `subgraphs/${name}/dist/main.js`])) };
}

/** Describes the installed packages. An installation empties their folder, and with it that of the bundles. */
const lockFile = 'package-lock.json';

function isCurrent(root) {
  try {
    const state = JSON.parse(readFileSync(join(root, folder, inputsFile), 'utf8'));
    return Object.entries(state).every(([path, described]) => describe(join(root, path)) === described);
  } catch {
    return false;
  }
}

function describe(file) {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/**
 * Describes each file before it is read, so that one that changes later makes the bundles old. Modules that read files beside
 * themselves find them where they are.
 */
function loading(loaded) {
  return {
    name: 'loading',
    setup({ onLoad }) {
      onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
        loaded.set(path, describe(path));
        if (!/\.[cm]?js$/.test(path)) return undefined;
        const text = readFileSync(path, 'utf8');
        if (!/\bimport\.meta\.url\b|\b__(dirname|filename)\b/.test(text)) return undefined;
        return { contents: withLocation(text, path) };
      });
    },
  };
}

function withLocation(text, path) {
  return text
    .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(path).href))
    .replaceAll(/(?<![.\w'"`])__dirname\b/g, JSON.stringify(dirname(path)))
    .replaceAll(/(?<![.\w'"`])__filename\b/g, JSON.stringify(path));
}

const options = {
  bundle: true,
  splitting: true,
  metafile: true,
  sourcemap: true,
  sourcesContent: false,
  // Types and tables have the names of their classes.
  keepNames: true,
  format: 'esm',
  platform: 'node',
  external,
  banner: { js: banner },
  legalComments: 'none',
  logLevel: 'error',
};
