import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, transformSync, version } from '@swc/core';

/** The cache directory and the options of swc. */
export interface TranspileOptions {
  directory: string;
  options: Options;
}

/** Returns the JavaScript of a TypeScript file, transpiled once for each version of its content. */
export function transpiledCode(path: string, transpileOptions: TranspileOptions): string {
  return readFileSync(`${transpileOnce(path, transpileOptions)}.js`, 'utf8');
}

/** Returns the path of the source map of a TypeScript file. */
export function sourceMapPath(path: string, transpileOptions: TranspileOptions): string {
  return `${transpileOnce(path, transpileOptions)}.map`;
}

function transpileOnce(path: string, { directory, options }: TranspileOptions): string {
  const source = readFileSync(path, 'utf8');
  const cached = join(directory, 'native', digestOf([path, source, version, JSON.stringify(options)]));
  if (existsSync(`${cached}.js`)) return cached;
  const { code, map } = transformSync(source, { ...options, filename: path, sourceMaps: true, swcrc: false });
  mkdirSync(join(directory, 'native'), { recursive: true });
  write(`${cached}.map`, map ?? '');
  write(`${cached}.js`, code);
  return cached;
}

function digestOf(parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

/** Writes atomically, since several workers may write the same file. */
function write(path: string, content: string): void {
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}
