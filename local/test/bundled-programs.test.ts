import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runnableFile } from '../src/launcher/bundles.js';

const bundler = new URL('../bootstrap/bundled-programs.mjs', import.meta.url).href;
const gateway = { name: 'gateway', script: 'gateway/dist/main.js' };
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'marquee-bundles-'));
  await write('package.json', '{ "type": "module" }');
  await write('package-lock.json', '{}');
  await write('subgraphs/services.json', '[]');
  await write('local/dist/issuer/main.js', `console.log('issuer');`);
  await write(
    'gateway/dist/main.js',
    `import { Place } from './place.js'; console.log(Place.name, new URL('beside', Place.url).pathname);`,
  );
  await write('gateway/dist/place.js', `export class Place { static url = import.meta.url; }`);
});

afterAll(() => rm(root, { recursive: true, force: true }));

test('a program runs from its bundle, unless a module has changed since', async () => {
  expect(fileOf(gateway)).toBe(join(root, gateway.script));
  expect(await bundle()).toBe(true);
  expect(await bundle()).toBe(false);
  const bundled = fileOf(gateway);
  expect(bundled).not.toBe(join(root, gateway.script));
  expect(await run(bundled)).toBe(await run(join(root, gateway.script)));
  await utimes(join(root, 'gateway/dist/place.js'), 1, 1);
  expect(fileOf(gateway)).toBe(join(root, gateway.script));
  expect(await bundle()).toBe(true);
  await rm(join(root, 'gateway/dist/place.js'));
  expect(fileOf(gateway)).toBe(join(root, gateway.script));
});

test('a program that is not bundled runs from its own file', async () => {
  expect(fileOf({ name: 'other', script: 'other/dist/main.js' })).toBe(join(root, 'other/dist/main.js'));
});

function fileOf(program: { name: string; script: string }): string {
  return runnableFile(root, program).path;
}

async function bundle(): Promise<boolean> {
  const { bundlePrograms } = (await import(bundler)) as { bundlePrograms(root: string): Promise<boolean> };
  return bundlePrograms(root);
}

async function run(file: string): Promise<string> {
  return (await promisify(execFile)(process.execPath, [file])).stdout;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
