import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isPortFree } from '@marquee/chassis/process/ports';
import { freePort } from '@marquee/testkit/ports';
import { post } from '@marquee/testkit/test-service';
import { addService, copyRepository, type RepositoryCopy } from './fixtures/repository-copy.js';

const sources = fileURLToPath(new URL('fixtures/notes-service', import.meta.url));
let copy: RepositoryCopy;
let synthesis: Promise<string>;

beforeAll(async () => {
  copy = await copyRepository();
  await addService(copy, sources, { name: 'notes', portOffset: 5, store: 'dynamodb' });
  await copy.run('schema/dist/main.js');
  synthesis = copy.run('deploy/dist/main.js', 'dev', 'delivery');
});

afterAll(async () => {
  await synthesis.catch(() => undefined);
  await copy.remove();
});

describe('a service that is only a folder and an entry in the manifest', () => {
  test('is composed into the supergraph', async () => {
    const supergraph = await copy.read('schema/supergraph.graphql');
    expect(supergraph).toContain('NOTES @join__graph(name: "notes", url: "http://localhost:4005/graphql")');
    expect(supergraph).toContain('notesTable: String @join__field(graph: NOTES)');
  });

  test('is started by the launcher and queried through the gateway', async () => {
    const port = await freeRange();
    await withLauncher(port, async () => {
      const query = '{ notesTable shows(first: 1) { edges { node { slug } } } }';
      const { data } = await post(`http://127.0.0.1:${port}/graphql`, query);
      expect(data).toEqual({ notesTable: 'notes-local', shows: { edges: [expect.anything()] } });
    });
  });

  test('has a container and a deploy workflow', async () => {
    await copy.run('docker/generate/main.mjs');
    const compose = await copy.read('docker/compose.yaml');
    expect(compose).toContain('image: marquee/notes:compose');
    expect(compose).toContain('"notes": "http://notes:4000/graphql"');
    expect(await copy.read('.github/workflows/deploy-notes.yml')).toContain('- subgraphs/notes/**');
  });

  test('has an image in the CI matrix', async () => {
    const workflow = await copy.read('.github/workflows/ci.yml');
    const [, script = ''] = /id: manifest\n +run: (.+)/.exec(workflow) ?? [];
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', GITHUB_OUTPUT: join(copy.directory, 'output') };
    await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: copy.directory, env });
    expect(await copy.read('output')).toBe('names=["users","jobs","messaging","shows","notes","gateway","local"]\n');
  });

  test('has a stack, a table, alarms, a repository and its own roles in the synthesized templates', async () => {
    expect(await synthesis).toContain('marquee-dev-notes\n');
    const template = async (stack: string) => copy.read(`deploy/cdk.out/dev/marquee-dev-${stack}.template.json`);
    expect(await template('notes')).toContain('"ServiceName": "notes"');
    expect(await template('data')).toContain('"TableName": "notes-dev"');
    expect(await template('observability')).toContain('"AlarmName": "marquee-dev-tasks-missing-notes"');
    expect(await template('delivery')).toContain('"RoleName": "marquee-dev-notes-deploy"');
    expect(await template('registry')).toMatch(/"Type": "AWS::Lambda::Alias",[^]*"Name": "notes"/);
    const shared = await copy.read('deploy/cdk.out/delivery/marquee-delivery.template.json');
    expect(shared).toContain('"RepositoryName": "marquee/notes"');
    expect(shared).toContain('"RoleName": "marquee-build-notes"');
  });

  test('may import only the chassis', async () => {
    const { default: configs } = (await import(pathToFileURL(join(copy.directory, 'eslint.config.mjs')).href)) as {
      default: { files?: string[] }[];
    };
    expect(configs.flatMap(({ files = [] }) => files)).toContain('subgraphs/notes/**/*.ts');
  });
});

/** Calls the function while the copy's launcher runs and everything is ready. */
async function withLauncher(port: number, act: () => Promise<void>): Promise<void> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', PORT: String(port) };
  const launcher = spawn(process.execPath, ['local/dist/main.js', 'start'], { cwd: copy.directory, env });
  const ended = once(launcher, 'close');
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  try {
    while (!output.includes('Ctrl-C stops everything')) {
      if (launcher.exitCode !== null) throw new Error(`The launcher ended:\n${output}`);
      await Promise.race([once(launcher.stdout, 'data'), ended]);
    }
    await act();
  } finally {
    launcher.kill('SIGTERM');
    await ended;
  }
}

/** The first port of a range that is free as a whole. */
async function freeRange(): Promise<number> {
  for (;;) {
    const first = await freePort();
    const range = [0, 1, 2, 3, 4, 5, 10, 20, 21, 24].map((offset) => first + offset);
    if ((await Promise.all(range.map(isPortFree))).every(Boolean)) return first;
  }
}
