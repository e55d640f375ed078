import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './quiet-program.mjs';

/** The workspaces that `npm start` runs. npm installs the dependencies of these and of the workspaces on which they depend. */
export const runtimeWorkspaces = ['@marquee/local', '@marquee/gateway', '@marquee/explorer', '@marquee/examples'];

/** Contains the hash of the lock file if only the packages of `runtimeWorkspaces` are installed. */
const partialInstallation = 'node_modules/.marquee-runtime';

const quietly = ['--no-audit', '--no-fund'];

/** Installs missing packages: all of them, or only those that `npm start` needs. Says whether all are installed. */
export async function installPackages(root, onlyRuntime) {
  const mark = read(root, partialInstallation);
  const isPartial = mark === lockHash(root);
  if (isPartial && onlyRuntime) return { complete: false };
  if (mark === undefined && isComplete(root)) return { complete: true };
  // The standard output belongs to the command.
  process.stderr.write('Installing packages ...\n');
  if (onlyRuntime) await installRuntime(root);
  // Unlike `npm ci`, this removes nothing: the graph may be running from this folder.
  else if (isPartial) await runQuietly(root, 'npm', ['install', '--no-save', ...quietly]);
  else await runQuietly(root, 'npm', ['ci', ...quietly]);
  if (!onlyRuntime) rmSync(join(root, partialInstallation), { force: true });
  return { complete: !onlyRuntime };
}

async function installRuntime(root) {
  const workspaces = runtimeWorkspaces.map((workspace) => `--workspace=${workspace}`);
  await runQuietly(root, 'npm', ['ci', '--omit=dev', ...workspaces, ...quietly]);
  markPartialInstallation(root);
}

/** Records that only the packages of `runtimeWorkspaces` are installed, in the versions of the lock file. */
export function markPartialInstallation(root) {
  writeFileSync(join(root, partialInstallation), lockHash(root));
}

/** Compares the lock file with the list of installed packages that npm writes at the end of an installation. */
function isComplete(root) {
  const locked = packagesOf(root, 'package-lock.json');
  const installed = packagesOf(root, 'node_modules/.package-lock.json');
  return Object.entries(locked).every(([path, { version, integrity, optional, link }]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (link) return found?.link;
    return found ? found.version === version && found.integrity === integrity : optional;
  });
}

function packagesOf(root, file) {
  const text = read(root, file);
  return text === undefined ? {} : JSON.parse(text).packages;
}

function lockHash(root) {
  return createHash('sha256')
    .update(read(root, 'package-lock.json') ?? '')
    .digest('hex');
}

/** The text of a file; undefined if the file does not exist. */
function read(root, file) {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (failure) {
    if (failure.code === 'ENOENT') return undefined;
    throw failure;
  }
}
