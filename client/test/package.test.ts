import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';

const esbuild = fileURLToPath(new URL('../../node_modules/.bin/esbuild', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

/** Bytes of each entry with everything that it imports, graphql-ws included, but not the client library it adapts to. */
const limitBytes = 6 * 1024;

test.each(['live-client', 'apollo-link', 'urql-exchange', 'relay-subscribe'])(
  'the entry %s takes less than 6 kB in a browser',
  async (entry) => {
    const { stdout } = await promisify(execFile)(
      esbuild,
      [
        `src/${entry}.ts`,
        ...['--bundle', '--minify', '--format=esm', '--target=es2022', '--platform=browser'],
        ...['@apollo/client', '@urql/core', 'relay-runtime', 'graphql'].map((name) => `--external:${name}`),
      ],
      { cwd: root, maxBuffer: 1024 * 1024 },
    );
    expect(gzipSync(stdout, { level: 9 }).length).toBeLessThan(limitBytes);
  },
);

test('the package contains the code and the types of its exports, and no sources', async () => {
  const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', pack, { cwd: root });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const packed = new Set(files.map(({ path }) => `./${path}`));
  const { exports } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as { exports: Record<string, object> };
  const exported = Object.values(exports).flatMap((entry) => Object.values(entry) as string[]);
  expect(exported.filter((path) => !packed.has(path))).toEqual([]);
  expect([...packed].filter((path) => /^\.\/(src|test)\//.test(path))).toEqual([]);
});
