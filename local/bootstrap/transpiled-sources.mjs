import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './quiet-program.mjs';

/** Bundles its sources itself. */
const explorer = 'gateway/explorer';

/** Describes the sources that were built last. It is gone after an installation, as everything in the folder. */
const builtSources = 'node_modules/.marquee-sources';

/**
 * Builds all workspaces without checking types, for an installation without TypeScript: esbuild translates a thousand
 * modules in less than a second.
 */
export async function transpile(root) {
  const workspaces = compiledWorkspaces(root);
  const sources = [...workspaces, explorer].flatMap((workspace) => sourcesOf(root, workspace));
  const state = sources.map(describe).join('\n');
  const outputs = [...workspaces, explorer].map((workspace) => join(root, workspace, 'dist'));
  if (outputs.every((folder) => existsSync(folder)) && isBuilt(root, state)) return;
  const { build } = await import('esbuild');
  await Promise.all(workspaces.map((workspace) => build(optionsOf(root, workspace))));
  await runQuietly(root, process.execPath, [`${explorer}/src/build.mjs`]);
  writeFileSync(join(root, builtSources), state);
}

/** The workspaces that TypeScript compiles otherwise. */
function compiledWorkspaces(root) {
  return workspacesOf(root).filter((workspace) => {
    const { scripts } = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
    return scripts?.build?.startsWith('tsc ');
  });
}

function workspacesOf(root) {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return pattern;
    const folder = pattern.slice(0, -2);
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
  });
}

function sourcesOf(root, workspace) {
  const files = readdirSync(join(root, workspace, 'src'), { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

function describe(file) {
  const { size, mtimeMs } = statSync(file);
  return `${file} ${size} ${mtimeMs}`;
}

function isBuilt(root, state) {
  try {
    return readFileSync(join(root, builtSources), 'utf8') === state;
  } catch (failure) {
    if (failure.code === 'ENOENT') return false;
    throw failure;
  }
}

function optionsOf(root, workspace) {
  return {
    entryPoints: sourcesOf(root, workspace).filter((file) => file.endsWith('.ts')),
    outbase: join(root, workspace, 'src'),
    outdir: join(root, workspace, 'dist'),
    tsconfig: join(root, 'tsconfig.base.json'),
    format: 'esm',
    platform: 'node',
    sourcemap: true,
    logLevel: 'warning',
  };
}
