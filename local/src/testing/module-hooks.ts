import { existsSync } from 'node:fs';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transpiledCode, type TranspileOptions } from './transpile-cache.js';

// Module hooks with which Node resolves and transpiles TypeScript test files and the sources that they import.

let transpileOptions: TranspileOptions;

export function initialize(options: TranspileOptions): void {
  transpileOptions = options;
}

export function resolve(...[specifier, context, next]: Parameters<ResolveHook>): ReturnType<ResolveHook> {
  const { parentURL } = context;
  if (!parentURL?.endsWith('.ts')) return next(specifier, context);
  if (specifier === '@jest/globals') return resolved(new URL('globals.js', import.meta.url));
  const source = /^\.\.?\/.*\.js$/.test(specifier) ? new URL(specifier.replace(/\.js$/, '.ts'), parentURL) : undefined;
  return source && existsSync(source) ? resolved(source) : next(specifier, context);
}

export function load(...[url, context, next]: Parameters<LoadHook>): ReturnType<LoadHook> {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  return { format: 'module', shortCircuit: true, source: transpiledCode(fileURLToPath(url), transpileOptions) };
}

function resolved(url: URL) {
  return { url: url.href, shortCircuit: true };
}
