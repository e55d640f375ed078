import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { post } from '@marquee/testkit/test-service';
import { freeRange } from './fixtures/free-range.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'marquee-runtime-'));
  // The Postgres server may run under another account, which must be able to enter the directory.
  await chmod(copy, 0o711);
  await cp(root, copy, { recursive: true, filter: (path) => !leftOut.has(basename(path)) });
  await linkRuntimePackages();
});

afterAll(() => rm(copy, { recursive: true, force: true }));

test('npm start builds and runs the graph with the packages that it installs, and checks no types', async () => {
  const port = await freeRange();
  const child = spawn(process.execPath, ['local/bootstrap.mjs', 'start'], {
    cwd: copy,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', PORT: String(port) },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  try {
    while (!printed.includes('Ctrl-C stops everything')) {
      if (child.exitCode !== null) throw new Error(`npm start ended:\n${printed}`);
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
    expect(printed).not.toContain('Installing packages');
    const [page, answer] = await Promise.all([landingPage(port), titles(port)]);
    expect(page).toContain('<script');
    expect(answer).toMatchObject({
      data: { shows: { edges: [expect.anything()] }, jobs: { edges: [expect.anything()] } },
    });
  } finally {
    child.kill('SIGINT');
    await ended;
  }
  expect(child.exitCode).toBe(0);
});

const installation = new URL('../bootstrap/installed-packages.mjs', import.meta.url).href;

const leftOut = new Set(['node_modules', 'dist', '.git', '.data', '.turbo', 'coverage', 'cdk.out', 'test']);

/** Links what `npm ci` installs for these workspaces without the packages of developers, and marks it as partial. */
async function linkRuntimePackages(): Promise<void> {
  const { runtimeWorkspaces, markPartialInstallation } = (await import(installation)) as Installation;
  const list = ['ls', '--all', '--omit=dev', '--parseable', ...runtimeWorkspaces.map((name) => `--workspace=${name}`)];
  const { stdout } = await promisify(execFile)('npm', list, { cwd: root, maxBuffer: 1 << 24 });
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  for (const path of stdout.split('\n').map((line) => relative(root, line))) {
    // The packages within a linked package are linked with it.
    if (path.split('node_modules/').length !== 2) continue;
    const workspace = packages[path]?.link ? packages[path].resolved : undefined;
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await symlink(workspace === undefined ? join(root, path) : join(copy, workspace), join(copy, path));
  }
  markPartialInstallation(copy);
}

interface Installation {
  runtimeWorkspaces: readonly string[];
  markPartialInstallation(root: string): void;
}

interface Lock {
  packages: Readonly<Record<string, { resolved?: string; link?: boolean }>>;
}

async function landingPage(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } });
  return response.text();
}

function titles(port: number) {
  const document = '{ shows(first: 1) { edges { node { title } } } jobs(first: 1) { edges { node { title } } } }';
  return post(`http://127.0.0.1:${port}/graphql`, document);
}
