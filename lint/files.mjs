import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ignoredFolders = new Set(['node_modules', 'dist', 'cdk.out', 'coverage', '.git', '.data', '.turbo']);

/** The paths of all source files below `root`, relative to it; build output and dependencies are skipped. */
export function listFiles(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return ignoredFolders.has(entry.name) || entry.name.startsWith('.data') ? [] : listFiles(root, path);
  });
}

/** The folders of all packages of the workspace, the innermost first, so that the first prefix match is the owner. */
export function listPackages(files) {
  const folders = files
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => file.replace('/package.json', ''));
  return folders.sort((one, other) => other.length - one.length);
}

export function readText(root, file) {
  return readFileSync(join(root, file), 'utf8');
}

export function hasFile(root, file) {
  return existsSync(join(root, file));
}
