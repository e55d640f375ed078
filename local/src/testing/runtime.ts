import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import jestRuntime from 'jest-runtime';
import { setGlobals } from './globals.js';
import { sourceMapPath, type TranspileOptions } from './transpile-cache.js';

// Its types are those of a CommonJS module, where this class is called `default`.
const Runtime = jestRuntime as unknown as typeof jestRuntime.default;

/**
 * How jest loads a test file here: as Node itself would, so that what it imports is loaded and compiled once for all
 * the files of a worker. Jest's own way is a fresh copy of every module for every file, in a context of its own; two fifths
 * of the CPU time of the tests went there, most of it into the same third-party packages.
 *
 * So the files of a worker share what modules remember, as they share a process. A file that has to be alone, since it
 * changes what belongs to its process, begins with a comment that has `@alone` in it, and is loaded jest's way; so is
 * each while jest watches, since Node never loads a module twice.
 */
export default class NativeRuntime extends Runtime {
  readonly #transpiling: TranspileOptions;
  readonly #isAlone: boolean;

  constructor(...given: ConstructorParameters<typeof Runtime>) {
    super(...given);
    const [config, environment, , , , , path, { watch, watchAll }] = given;
    this.#isAlone = watch || watchAll || needsIsolation(path);
    this.#transpiling = { directory: config.cacheDirectory, options: config.transform[0]?.[2] ?? {} };
    if (this.#isAlone) return;
    // jest itself stays in a context of its own, and has to mean the same as the tests by String or Error.
    for (const name of builtins) environment.global[name] = (globalThis as Record<string, unknown>)[name];
  }

  override async unstable_importModule(path: string, name?: string): Promise<unknown> {
    if (this.#isAlone) return super.unstable_importModule(path, name);
    registerHooks(this.#transpiling);
    setGlobals(this.requireModuleOrMock(path, '@jest/globals'));
    return import(pathToFileURL(path).href);
  }

  override getSourceMaps(): ReadonlyMap<string, string> {
    return this.#isAlone ? super.getSourceMaps() : new LazyMaps(this.#transpiling);
  }
}

/** Where the source map of a file is, which is asked only when something failed. */
class LazyMaps extends Map<string, string> {
  readonly #transpiling: TranspileOptions;

  constructor(transpiling: TranspileOptions) {
    super();
    this.#transpiling = transpiling;
  }

  override get(url: string): string | undefined {
    return url.startsWith('file:') && url.endsWith('.ts')
      ? sourceMapPath(fileURLToPath(url), this.#transpiling)
      : undefined;
  }
}

const builtins = (runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]).filter(
  (name) => /^[A-Z]/.test(name) && typeof (globalThis as Record<string, unknown>)[name] === 'function',
);

let isRegistered = false;

/** Once for the process. */
function registerHooks(transpiling: TranspileOptions): void {
  if (!isRegistered) register('./module-hooks.js', import.meta.url, { data: transpiling });
  isRegistered = true;
}

function needsIsolation(path: string): boolean {
  return /^\/\*\*(?:(?!\*\/)[^])*@alone\b/.test(readFileSync(path, 'utf8'));
}
