import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The size and the time of a file, which change with its content; undefined if there is none. */
export function fileState(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.size} ${found.mtimeMs}`;
}

/** The states of a file, or of all files in a folder, each with its path. */
export function fileStates(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [`${path} ${fileState(path)}`];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.map((file) => `${file} ${fileState(file)}`).toSorted();
}
