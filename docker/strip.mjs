/**
 * Removes files from installed packages that no running service loads: `node strip.mjs <folder>`. The build imports the
 * service afterwards, and fails if a needed file was removed.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unusedPackages } from './unused-packages.mjs';

const [root] = process.argv.slice(2);

/** Duplicate builds for browsers and bundlers. */
const copies = [
  /\/typeorm\/browser$/,
  /\/class-validator\/(bundles|esm5|esm2015|types)$/,
  /\/libphonenumber-js\/(bundle|examples|es6-modern)$/,
  /\/zod\/src$/,
  /\/@apollo\/[^/]+\/src$/,
  /\/@opentelemetry\/[^/]+\/build\/(esm|esnext)$/,
];

/** Files for compilers, debuggers and readers. */
const files = /\.(map|d\.[cm]?ts|[cm]?ts|flow|md|markdown|tsbuildinfo)$/i;
const folders = /\/node_modules\/(@[^/]+\/)?[^/]+\/(test|tests|__tests__|example|examples|docs|benchmarks?|\.github)$/;

await strip(root);
for (const name of ['package-lock.json', '.npmrc']) await rm(join(root, name), { force: true });

async function strip(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (isUnused(path, entry)) await rm(path, { recursive: true });
    else if (entry.isDirectory()) await strip(path);
  }
}

function isUnused(path, entry) {
  if (!path.includes('/node_modules/')) return false;
  if (!entry.isDirectory()) return files.test(entry.name) && !/licen[cs]e|notice|copying/i.test(entry.name);
  return [unusedPackages, folders, ...copies].some((pattern) => pattern.test(path));
}
