import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import jestRuntime from 'jest-runtime';
import { setGlobals } from './globals.js';
import { sourceMapPath, type TranspileOptions } from './transpile-cache.js';

// The types describe a CommonJS module, which exports the class as `default`.
const Runtime = jestRuntime as unknown as typeof jestRuntime.default;

/**
 * Loads test files with Node's own module loader, so that modules are loaded and compiled once for all files of a worker.
 * Jest loads a new copy of every module for every file, in a separate context, which took two fifths of the CPU time of
 * the tests, mostly for third-party packages.
 *
 * The test files of a worker therefore share module state. A file that needs isolation, for instance because it changes
 * global state, starts with a comment that contains `@alone`; Jest then loads it in the standard way. So are all files in
 * watch mode, since Node cannot reload modules.
 */
export default class NativeRuntime extends Runtime {
  readonly #transpileOptions: TranspileOptions;
  readonly #isAlone: boolean;

  constructor(...args: ConstructorParameters<typeof Runtime>) {
    super(...args);
    const [config, environment, , , , , path, { watch, watchAll }] = args;
    this.#isAlone = watch || watchAll || needsIsolation(path);
    this.#transpileOptions = { directory: config.cacheDirectory, options: config.transform[0]?.[2] ?? {} };
    if (this.#isAlone) return;
    // Jest keeps running in its own context, which must share String, Error and so on with the tests.
    for (const name of builtins) environment.global[name] = (globalThis as Record<string, unknown>)[name];
  }

  override async unstable_importModule(path: string, name?: string): Promise<unknown> {
    if (this.#isAlone) return super.unstable_importModule(path, name);
    registerHooks(this.#transpileOptions);
    setGlobals(this.requireModuleOrMock(path, '@jest/globals'));
    return import(pathToFileURL(path).href);
  }

  override getSourceMaps(): ReadonlyMap<string, string> {
    return this.#isAlone ? super.getSourceMaps() : new LazyMaps(this.#transpileOptions);
  }
}

/** Source maps by file, which are only read after a failure. */
class LazyMaps extends Map<string, string> {
  readonly #transpileOptions: TranspileOptions;

  constructor(transpileOptions: TranspileOptions) {
    super();
    this.#transpileOptions = transpileOptions;
  }

  override get(url: string): string | undefined {
    return url.startsWith('file:') && url.endsWith('.ts')
      ? sourceMapPath(fileURLToPath(url), this.#transpileOptions)
      : undefined;
  }
}

const builtins = (runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]).filter(
  (name) => /^[A-Z]/.test(name) && typeof (globalThis as Record<string, unknown>)[name] === 'function',
);

let isRegistered = false;

/** Registers the module hooks once per process. */
function registerHooks(transpileOptions: TranspileOptions): void {
  if (!isRegistered) register('./module-hooks.js', import.meta.url, { data: transpileOptions });
  isRegistered = true;
}

function needsIsolation(path: string): boolean {
  return /^\/\*\*(?:(?!\*\/)[^])*@alone\b/.test(readFileSync(path, 'utf8'));
}
