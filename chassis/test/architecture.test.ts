import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const root = new URL('../../', import.meta.url);

describe('the linter rejects', () => {
  test.each([
    ['a default export', 'gateway/src/a.ts', 'export default 1;', 'Export by name.'],
    ['a default export in disguise', 'gateway/src/a.ts', 'const a = 1; export { a as default };', 'Export by name.'],
    ['export *', 'gateway/src/a.ts', "export * from './b.js';", 'Name what you export'],
    ['an arrow function where a declaration can stand', 'gateway/src/a.ts', 'export const a = () => 1;', 'declaration'],
    ['the environment outside of config', 'gateway/src/a.ts', 'export const a = process.env;', 'config.ts'],
    ['the environment by its import', 'gateway/src/a.ts', "import { env } from 'node:process'; env.A;", 'config.ts'],
    ['a vague file name', 'gateway/src/utils.ts', 'export const a = 1;', 'too vague'],
    ['a vague folder name', 'gateway/src/helpers/a.ts', 'export const a = 1;', 'too vague'],
    ['the console', 'gateway/src/a.ts', 'console.log(1);', 'console'],
    ['a TODO comment', 'gateway/src/a.ts', '// TODO: later', 'todo'],
    ['a file of more than 250 lines', 'gateway/src/a.ts', '// line\n'.repeat(251), '250'],
    ['a function of more than 30 lines', 'gateway/src/a.ts', `export function a() {${'\na();'.repeat(30)}\n}`, '30'],
    ['any', 'gateway/src/a.ts', 'export const a = 1 as any;', 'any'],
    ['a test file of more than 400 lines', 'gateway/test/a.test.ts', '// line\n'.repeat(401), '400'],
    ['a test that runs alone', 'gateway/test/a.test.ts', "test.only('a', () => { expect(1).toBe(1); });", 'focused'],
    ['a test that does not run', 'gateway/test/a.test.ts', "test.skip('a', () => { expect(1).toBe(1); });", 'skip'],
    ['a test without an assertion', 'gateway/test/a.test.ts', "test('a', () => { a(); });", 'no assertions'],
    ['a module that is mocked', 'gateway/test/a.test.ts', "jest.mock('@marquee/chassis/a');", 'modules are not mocked'],
  ])('%s', (_, file, code, message) => {
    expect(complaints(file, code)).toContainEqual(expect.stringContaining(message));
  });
});

describe('packages do not import each other:', () => {
  test.each([
    ['chassis/src/a.ts', '@marquee/users/service'],
    ['chassis/test/a.test.ts', '@marquee/users/service'],
    ['gateway/src/a.ts', '@marquee/shows/service'],
    ['gateway/src/a.ts', '@marquee/local/people'],
    ['gateway/src/a.ts', '@marquee/testkit/ports'],
    ['gateway/src/a.ts', '../../subgraphs/users/src/model.js'],
    ['subgraphs/users/src/resolvers/a.ts', '@marquee/shows'],
    ['subgraphs/users/test/a.test.ts', '../../shows/src/store.js'],
    ['subgraphs/shows/src/a.ts', '@marquee/users/service'],
    ['subgraphs/jobs/src/a.ts', '@marquee/gateway/service'],
    ['subgraphs/messaging/src/a.ts', '@marquee/jobs/service'],
    ['local/src/a.ts', '../../gateway/src/service.js'],
  ])('%s may not import %s', (file, other) => {
    expect(complaints(file, `import { a } from '${other}'; a();`)).toEqual([
      expect.stringMatching(/^'.*(Packages must not import each other|Import another package by its name)/),
    ]);
  });

  test.each([
    ['a dynamic import', "export const a = await import('@marquee/users/service');"],
    ['the import of a type', "import type { User } from '@marquee/users/model'; export type A = User;"],
    ['a type that is imported in place', "export type A = import('@marquee/users/model').User;"],
    ['an export of what is imported', "export { a } from '@marquee/users/model';"],
  ])('%s counts as an import', (_, code) => {
    expect(complaints('subgraphs/shows/src/a.ts', code)).toContainEqual(
      expect.stringContaining('Packages must not import each other'),
    );
  });

  test.each([
    ['chassis/src/a.ts', '../errors/errors.js'],
    ['gateway/src/a.ts', '@marquee/chassis/errors/errors'],
    ['subgraphs/users/src/resolvers/a.ts', '@marquee/chassis/errors/errors'],
    ['subgraphs/users/test/rules/a.test.ts', '../../src/rules.js'],
    ['gateway/test/a.test.ts', '@marquee/testkit/ports'],
    ['subgraphs/users/test/store/a.test.ts', '@marquee/testkit/ports'],
    ['schema/src/a.ts', '@marquee/users/service'],
    ['local/src/a.ts', '@marquee/gateway/service'],
  ])('%s may import %s', (file, other) => {
    expect(complaints(file, `import { a } from '${other}'; a();`)).toEqual([]);
  });

  test('a settings file reads the environment', () => {
    expect(complaints('gateway/src/config.ts', 'export const a = process.env;')).toEqual([]);
  });
});

describe('imports within the gateway follow one direction:', () => {
  test.each([
    ['supergraph/supergraph-watcher.ts', '../engine/engine.js'],
    ['config.ts', './admission/operation-rules.js'],
    ['engine/executor/plan-steps.ts', '../planner/prepared-operation.js'],
    ['engine/completion/complete-object.ts', '../executor/plan-steps.js'],
    ['engine/operation-context.ts', './completion/client-operation.js'],
    ['engine/engine.ts', '../upstream/upstreams.js'],
    ['upstream/upstream.ts', '../admission/admission.js'],
    ['live/subscriber.ts', '../http/endpoint.js'],
  ])('%s may not import %s', (file, other) => {
    expect(complaints(`gateway/src/${file}`, `import { a } from '${other}'; a();`)).toEqual([
      expect.stringContaining('may not import'),
    ]);
  });

  test.each([
    ['engine/planner/prepared-operation.ts', '../executor/plan-steps.js'],
    ['engine/graph-manager.ts', '../supergraph/supergraph-watcher.js'],
    ['admission/limits/cost-rule.ts', './operation-cost.js'],
    ['admission/limits/cost-rule.ts', '../../engine/graph.js'],
    ['service.ts', './http/endpoint.js'],
  ])('%s may import %s', (file, other) => {
    expect(complaints(`gateway/src/${file}`, `import { a } from '${other}'; a();`)).toEqual([]);
  });

  test.each([
    ['a type', "import type { A } from '../engine/engine.js'; export type B = A;"],
    ['a re-export', "export { a } from '../engine/engine.js';"],
    ['a dynamic import', "export const a = await import('../engine/engine.js');"],
    ['a type that is imported in place', "export type A = import('../engine/engine.js').A;"],
  ])('%s counts as an import', (_, code) => {
    expect(complaints('gateway/src/supergraph/a.ts', code)).toContainEqual(expect.stringContaining('may not import'));
  });

  test('a new file at the top needs an entry in the table', () => {
    expect(complaints('gateway/src/extra.ts', "import { a } from './engine/engine.js'; a();")).toEqual([
      expect.stringContaining('Add "extra.ts" to the table'),
    ]);
  });
});

describe('dependencies', () => {
  const manifests = ['', 'chassis/', 'gateway/', 'schema/', 'local/', 'bench/', 'examples/', ...subgraphFolders()].map(
    manifest,
  );

  test.each(manifests)('$name pins the version of each dependency', (one) => {
    const versions = Object.values({ ...one.overrides, ...asked(one) });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test.each(manifests)('$name has the same versions of its dependencies as the other packages', (one) => {
    const known: Record<string, string> = Object.assign({}, ...manifests.map(asked));
    expect(Object.entries(asked(one)).filter(([name, version]) => known[name] !== version)).toEqual([]);
  });

  test('graphql is installed once, since two copies do not accept the types of each other', () => {
    const copies = locked().filter(([path]) => path.endsWith('node_modules/graphql'));
    expect(copies.map(([path]) => path)).toEqual(['node_modules/graphql']);
  });

  test('the lock file covers every platform, since `npm ci` rejects one that lacks any', () => {
    const known = new Set(locked().map(([path]) => path.replace(/^.*node_modules\//, '')));
    const wanted = locked().flatMap(([, { optionalDependencies }]) => Object.keys(optionalDependencies ?? {}));
    expect(wanted.filter((name) => !known.has(name))).toEqual([]);
  });

  test('only explicitly allowed packages run scripts on installation', () => {
    const scripted = locked().filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(names.filter((name) => manifest('').allowScripts?.[name] === undefined)).toEqual([]);
  });
});

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  overrides?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

interface Locked {
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

const { default: rules } = await import(new URL('eslint.config.mjs', root).href);

/** The linter's messages about a file of this name. Rules that require types are left to `npm run lint`. */
function complaints(file: string, code: string): string[] {
  const linter = new Linter({ configType: 'flat', cwd: root.pathname });
  const config = [...rules, { ...tseslint.configs.disableTypeChecked, files: ['**/*.ts'] }];
  return linter.verify(code, config, { filename: file }).map(({ message }) => message);
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${folder}package.json`, root), 'utf8'));
}

/** The dependencies of a manifest with their versions. */
function asked({ dependencies, devDependencies, optionalDependencies }: Manifest): Record<string, string> {
  return { ...dependencies, ...devDependencies, ...optionalDependencies };
}

function subgraphFolders(): string[] {
  const folders = readdirSync(new URL('subgraphs', root)).map((name) => `subgraphs/${name}/`);
  return folders.filter((folder) => existsSync(new URL(`${folder}package.json`, root)));
}

/** The packages that `npm ci` installs, by path. */
function locked(): [string, Locked][] {
  return Object.entries(JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')).packages);
}
