import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventFiles } from '../src/event-files.js';
import { subgraphs } from '../src/services.js';

const schemaFolder = fileURLToPath(new URL('..', import.meta.url));
const command = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const files = [
  'api.graphql',
  'supergraph.graphql',
  ...subgraphs.map(({ name }) => `subgraphs/${name}.graphql`),
  ...eventFiles().keys(),
];

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'marquee-schema-'));
});

afterAll(() => rm(copy, { recursive: true }));

// Each run prints every subgraph in a separate process, which takes seconds.
describe('npm run schema', () => {
  test('--check names every file that is out of date, with the first different lines, and changes none', async () => {
    await copyOfSchema();
    await edit('api.graphql', (before) => before.replace('type Query {', 'type Query {\n  stale: Int'));
    await rm(join(copy, 'subgraphs/users.graphql'));
    await writeFile(join(copy, 'subgraphs/gone.graphql'), 'type Query { gone: Int }');
    const { code, output } = await run('--check', '--directory', copy);
    expect(code).toBe(1);
    expect(output).toMatch(/schema\/api.graphql is out of date:\n {2}line \d+:\n {2}- {3}stale: Int/);
    expect(output).toContain('schema/subgraphs/users.graphql is out of date:\n  the file is missing');
    expect(output).toContain('schema/subgraphs/gone.graphql is out of date:\n  nothing in the code has this name');
    expect(output.match(/is out of date/g)).toHaveLength(3);
    expect(await text(copy, 'api.graphql')).toContain('stale: Int');
  });

  test('writes the committed files, and removes the file of a subgraph that no longer exists', async () => {
    expect((await run('--directory', copy)).code).toBe(0);
    for (const file of files) expect(await text(copy, file)).toBe(await text(schemaFolder, file));
    await expect(text(copy, 'subgraphs/gone.graphql')).rejects.toThrow('ENOENT');
  });

  test('prints its usage for an unknown option', async () => {
    const { code, output } = await run('--chekc');
    expect(code).toBe(1);
    expect(output).toContain("Unknown option '--chekc'");
    expect(output).toContain('npm run schema [-- --check]');
  });
});

async function run(...options: string[]): Promise<{ code: number; output: string }> {
  const ended = promisify(execFile)(process.execPath, [command, ...options]);
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  );
}

async function copyOfSchema(): Promise<void> {
  for (const file of files) await cp(join(schemaFolder, file), join(copy, file));
}

async function edit(file: string, change: (before: string) => string): Promise<void> {
  await writeFile(join(copy, file), change(await text(copy, file)));
}

function text(folder: string, file: string): Promise<string> {
  return readFile(join(folder, file), 'utf8');
}
