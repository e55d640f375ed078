import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A committed file that differs from the generated one. */
export interface Difference {
  path: string;
  /** The first lines that differ, in diff format. */
  lines: string[];
}

/** File contents by path, relative to a directory. */
export type Files = ReadonlyMap<string, string>;

/** The maximum number of lines that a difference shows per side. */
const maxLines = 3;

/** Writes the files, and removes all other generated files from the directory. */
export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const path of await listCommitted(directory)) if (!files.has(path)) await rm(join(directory, path));
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

/** Compares the files with those in the directory. Reports changed, missing and superfluous files. */
export async function compareFiles(directory: string, files: Files): Promise<Difference[]> {
  const paths = new Set([...files.keys(), ...(await listCommitted(directory))]);
  const differences: Difference[] = [];
  for (const path of [...paths].sort()) {
    const found = await readFile(join(directory, path), 'utf8').catch(() => undefined);
    const wanted = files.get(path);
    if (found !== wanted) differences.push({ path, lines: difference(found, wanted) });
  }
  return differences;
}

async function listCommitted(directory: string): Promise<string[]> {
  const folders = Object.keys(extensions);
  const names = await Promise.all(folders.map((folder) => readdir(join(directory, folder)).catch(() => [])));
  return folders.flatMap((folder, index) =>
    (names[index] ?? []).filter((name) => name.endsWith(extensions[folder] ?? '')).map((name) => folder + name),
  );
}

/** The extension of the generated files, by their folder. */
const extensions: Readonly<Record<string, string>> = {
  '': '.graphql',
  'subgraphs/': '.graphql',
  'events/published/': '.json',
};

function difference(found: string | undefined, wanted: string | undefined): string[] {
  if (found === undefined) return ['the file is missing'];
  if (wanted === undefined) return ['nothing in the code has this name'];
  const before = found.split('\n');
  const after = wanted.split('\n');
  const start = before.findIndex((line, index) => line !== after[index]);
  const from = start === -1 ? before.length : start;
  return [`line ${from + 1}:`, ...excerpt('-', before, from), ...excerpt('+', after, from)];
}

function excerpt(sign: string, lines: string[], from: number): string[] {
  return lines.slice(from, from + maxLines).map((line) => `${sign} ${line}`);
}
