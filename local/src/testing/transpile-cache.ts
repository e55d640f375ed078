import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, transformSync, version } from '@swc/core';

/** Where transpiled files are kept, and what swc is told. */
export interface TranspileOptions {
  directory: string;
  options: Options;
}

/** The JavaScript of a TypeScript file; made once for each of its contents. */
export function transpiledCode(path: string, transpiling: TranspileOptions): string {
  return readFileSync(`${transpileOnce(path, transpiling)}.js`, 'utf8');
}

/** The path of the source map that belongs to it. */
export function sourceMapPath(path: string, transpiling: TranspileOptions): string {
  return `${transpileOnce(path, transpiling)}.map`;
}

function transpileOnce(path: string, { directory, options }: TranspileOptions): string {
  const source = readFileSync(path, 'utf8');
  const kept = join(directory, 'native', digestOf([path, source, version, JSON.stringify(options)]));
  if (existsSync(`${kept}.js`)) return kept;
  const { code, map } = transformSync(source, { ...options, filename: path, sourceMaps: true, swcrc: false });
  mkdirSync(join(directory, 'native'), { recursive: true });
  write(`${kept}.map`, map ?? '');
  write(`${kept}.js`, code);
  return kept;
}

function digestOf(parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

/** Whole or not at all, since several workers write the same. */
function write(path: string, content: string): void {
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}
