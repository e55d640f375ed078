import { basename } from 'node:path';
import { listPackages } from './files.mjs';

/** Base names of code files are unique within a package, so that a file is opened by its name. */
export function checkFileNames({ files, fileNameExceptions }) {
  const packages = listPackages(files);
  const owners = new Map();
  for (const file of files.filter((path) => /\.(ts|tsx|mjs|css)$/.test(path))) {
    const folder = packages.find((path) => file.startsWith(`${path}/`)) ?? '';
    if (fileNameExceptions.some(([pattern]) => pattern.test(file.slice(folder.length + 1)))) continue;
    const key = `${folder} ${basename(file)}`;
    owners.set(key, [...(owners.get(key) ?? []), file]);
  }
  return [...owners.values()].filter((paths) => paths.length > 1).map(repeatedName);
}

function repeatedName([file, ...others]) {
  return { file, line: 1, text: `same name as ${others.join(', ')}`, instead: 'name each file by its own content' };
}
