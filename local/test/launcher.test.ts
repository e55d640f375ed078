import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post } from '@marquee/testkit/test-service';
import { WebSocket } from 'ws';
import { people } from '../src/people.js';
import { isAlive } from '../src/process/identity.js';
import { freeRange } from './fixtures/free-range.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'local/dist/main.js');
let directory: string;
let port: number;
let launcher: Launcher;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-launcher-'));
  await chmod(directory, 0o711);
  port = await freeRange();
  launcher = launch({ LIVE_SOCKETS_PER_CALLER: '2' });
  await launcher.says('Ctrl-C stops everything');
});

afterAll(async () => {
  if (launcher.child.exitCode === null && launcher.child.signalCode === null) launcher.child.kill('SIGTERM');
  await launcher.ended;
  await rm(directory, { recursive: true, force: true });
});

// The tests share one instance and depend on their order.
describe('npm start', () => {
  test('prints the addresses and a first query that runs unchanged', async () => {
    expect(launcher.output()).toContain(`http://localhost:${port}/graphql`);
    const [command = ''] = /curl -s \S+\/graphql[^]*?'\n/.exec(`${launcher.output()}\n`) ?? [];
    const response = JSON.parse(await shell(`TOKEN=${await token('dev-admin-001')}; ${command}`)) as { data: Shows };
    expect(response.data.shows.edges).toHaveLength(5);
    expect(response.data.shows.edges[0]?.node.addedBy?.handle).toEqual(expect.any(String));
  });

  test('knows the users that the users service seeds', async () => {
    const seeded = await Promise.all(
      people.map(async ({ sub }) => (await query('{ me { account { role email } } }', sub)).data.me.account),
    );
    expect(seeded).toEqual(people.map(({ role, email }) => ({ role, email })));
  });

  test('passes limits in its environment on to the gateway', async () => {
    const payload = { authorization: `Bearer ${await token('dev-admin-001')}` };
    const sockets = Array.from({ length: 3 }, () => connect(payload));
    const answers = await Promise.all(sockets.map(({ answer }) => answer));
    for (const { close } of sockets) close();
    expect(answers.toSorted()).toEqual([1013, 'connection_ack', 'connection_ack']);
  });

  test('meets every requirement of the doctor, which reports a removed file with the remedy', async () => {
    expect(await doctor()).toMatchObject({ code: 0, output: expect.stringContaining('Nothing is missing.') });
    const partner = join(directory, 'registry/live/partner.graphql');
    await rename(partner, `${partner}.removed`);
    const { code, output } = await doctor();
    await rename(`${partner}.removed`, partner);
    expect([code, output]).toEqual([1, expect.stringContaining('missing  registry: partner.graphql is not published')]);
    expect(output).toContain('1 of 10 are missing.');
  });

  test('serves the published schema, and a previous version within seconds after a rollback', async () => {
    const changed = join(directory, 'shows.graphql');
    const sdl = await readFile(join(root, 'schema/subgraphs/shows.graphql'), 'utf8');
    await writeFile(changed, sdl.replace('  tvChannel: String', '  rating: Int\n  tvChannel: String'));
    const at = ['--ask', `http://127.0.0.1:${port + 4}/graphql`];
    await expect(schema('publish', 'shows', '--sdl', changed, ...at)).rejects.toThrow(
      'serve this schema yet:\n  Show.rating',
    );
    await schema('publish', 'shows', '--sdl', changed, '--unasked', 'its query plans are not tested');
    await until(async () => (await showFields()).includes('rating'));
    expect(await schema('rollback', '1')).toContain('roll back to 1');
    const since = performance.now();
    await until(async () => !(await showFields()).includes('rating'));
    const seconds = (performance.now() - since) / 1000;
    process.stdout.write(`The gateway served the previous version ${seconds.toFixed(1)} s after the rollback.\n`);
  });

  test('restricts a partner to the contract', async () => {
    const headers = { authorization: `Bearer ${await partnerToken()}` };
    const at = (path: string, query: string) => post(`http://127.0.0.1:${port}${path}`, query, {}, headers);
    const shows = await at('/partner/graphql', '{ shows(first: 1) { edges { node { addedBy { handle } } } } }');
    expect(shows.data.shows.edges[0].node.addedBy.handle).toEqual(expect.any(String));
    const codes = [
      await at('/partner/graphql', '{ jobs { edges { cursor } } }'),
      await at('/graphql', '{ jobs { edges { cursor } } }'),
      await at('/graphql', 'mutation { deleteShow(input: { slug: "show/x" }) { slug } }'),
    ].map(({ errors }) => errors[0]?.extensions['code']);
    expect(codes).toEqual(['BAD_USER_INPUT', 'FORBIDDEN', 'FORBIDDEN']);
  });

  test('rejects a second launcher on the same data and names the first', async () => {
    const second = launch({ PORT: '6000' });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`in use by process ${launcher.child.pid}`);
  });

  test('names every port in use and the variable that changes it', async () => {
    const blocked = await freeRange();
    const blocker = createServer().listen(blocked + 10, '127.0.0.1');
    await once(blocker, 'listening');
    const other = launch({ PORT: String(blocked), DATA_DIR: join(directory, 'other') });
    expect(await other.ended).toBe(1);
    expect(other.output()).toContain(`port ${blocked + 10} of issuer: set ISSUER_PORT`);
    expect(other.output()).not.toContain('of gateway');
    blocker.close();
  });

  test('makes generated secrets readable only for their owner', async () => {
    const { mode } = await stat(join(directory, 'secrets.json'));
    expect(mode & 0o777).toBe(0o600);
  });

  test('refuses to delete data in use', async () => {
    const reset = launch({}, 'reset');
    expect(await reset.ended).toBe(1);
    expect(reset.output()).toContain('in use by process');
  });

  test('reports an unexpected exit of a service and restarts it', async () => {
    process.kill(await pidOf('users'), 'SIGKILL');
    await launcher.says('users ended (SIGKILL); restarting in 0.5 s');
    await launcher.says('users is running again.');
    expect((await query('{ me { handle } }', 'dev-reviewer-001')).data).toEqual({ me: { handle: 'tomasz_wrona' } });
  });

  test('restarts Postgres with its data after it was killed', async () => {
    const userId = (await query('{ me { id } }', 'new-user')).data.me.id as string;
    process.kill(await postmasterPid(), 'SIGKILL');
    await launcher.says('postgres ended (SIGKILL); restarting in 0.5 s');
    await launcher.says('postgres is running again.');
    await until(async () => (await query('{ me { id } }', 'new-user')).data?.me !== null);
    expect((await query('{ me { id } }', 'new-user')).data).toEqual({ me: { id: userId } });
  });

  test('replaces processes that hang, stores included, and keeps their data', async () => {
    const userId = (await query('{ me { id } }', 'new-user')).data.me.id as string;
    const hung = [await postmasterPid(), await pidOf('dynamodb'), await pidOf('jobs')];
    for (const pid of hung) process.kill(pid, 'SIGSTOP');
    await launcher.says('postgres has not responded for');
    for (const name of ['dynamodb', 'jobs']) {
      await launcher.says(`${name} has not responded for`);
      await launcher.says(`${name} is running again.`);
    }
    await launcher.says('postgres is running again.', 2);
    expect(hung.filter(isAlive)).toEqual([]);
    await until(async () => (await query('{ me { id } }', 'new-user')).data?.me?.id === userId);
    await until(async () => (await query('{ jobs { edges { cursor } } }', 'new-user')).data?.jobs?.edges.length > 0);
    await until(async () => (await query('{ shows { edges { cursor } } }', 'new-user')).data?.shows?.edges.length > 0);
  });

  test('recovers with all data after the launcher was killed', async () => {
    const userId = (await query('{ me { id } }', 'new-user')).data.me.id as string;
    const left = await pids();
    launcher.child.kill('SIGKILL');
    await launcher.ended;
    launcher = launch();
    await launcher.says('Ctrl-C stops everything');
    expect(left.filter(isAlive)).toEqual([]);
    expect((await query('{ me { id } }', 'new-user')).data).toEqual({ me: { id: userId } });
  });

  test('stops all processes on Ctrl-C', async () => {
    const left = await pids();
    expect(left.length).toBeGreaterThanOrEqual(6);
    launcher.child.kill('SIGINT');
    // npm forwards the signal of the terminal, so it arrives twice.
    launcher.child.kill('SIGINT');
    expect(await launcher.ended).toBe(0);
    expect(left.filter(isAlive)).toEqual([]);
  });

  test('deletes the data with npm run reset', async () => {
    const reset = launch({}, 'reset');
    expect(await reset.ended).toBe(0);
    await expect(access(join(directory, 'postgres'))).rejects.toThrow(/ENOENT/);
    await expect(access(join(directory, 'dynamodb'))).rejects.toThrow(/ENOENT/);
    await expect(access(join(directory, 'registry'))).rejects.toThrow(/ENOENT/);
  });

  test('a tool requires a running instance or the address of another system', async () => {
    const tool = launch({}, 'promote-admin', 'unknown-user');
    expect(await tool.ended).toBe(1);
    expect(tool.output()).toMatch(/npm start.*DATABASE_URL/);
  });
});

interface Shows {
  shows: { edges: { node: { addedBy: { handle: string } | null } }[] };
}

interface Launcher {
  child: ChildProcess;
  /** The exit code; null after a signal. */
  ended: Promise<number | null>;
  output(): string;
  /** Waits until the output contains the text as often. @throws with the whole output when the launcher exits before */
  says(text: string, times?: number): Promise<void>;
}

function launch(variables: Record<string, string> = {}, ...args: string[]): Launcher {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', PORT: String(port), DATA_DIR: directory, ...variables };
  const child = spawn(process.execPath, [program, ...(args.length > 0 ? args : ['start'])], { env });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    ended,
    output: () => printed,
    async says(text, times = 1) {
      while (printed.split(text).length <= times) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The launcher exited:\n${printed}`);
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
  };
}

async function query(document: string, sub: string) {
  const headers = { authorization: `Bearer ${await token(sub)}` };
  return post(`http://127.0.0.1:${port}/graphql`, document, {}, headers);
}

async function token(sub: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port + 10}/token?user=${sub}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Opens a WebSocket. Its answer is the type of the first message, or the code with which it is closed. */
function connect(payload: object): { answer: Promise<string | number>; close(): void } {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
  const answer = new Promise<string | number>((resolve) => {
    socket.on('message', (data: Buffer) => resolve((JSON.parse(data.toString()) as { type: string }).type));
    socket.on('close', resolve);
  });
  return { answer, close: () => socket.terminate() };
}

async function partnerToken(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port + 10}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('dev-partner:dev-partner-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Runs a command on the schema registry of this instance. */
async function schema(...args: string[]): Promise<string> {
  const options = ['--registry', join(directory, 'registry')];
  const command = [join(root, 'schema/dist/main.js'), ...args, ...options];
  return (await promisify(execFile)(process.execPath, command)).stdout;
}

/** Runs `npm run doctor -- local` on this instance. */
function doctor(): Promise<{ code: number; output: string }> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', PORT: String(port), DATA_DIR: directory };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'deploy/dist/doctor.js'), 'local'], { env }, (failure, stdout, stderr) =>
      resolve({ code: Number(failure?.code ?? 0), output: stdout + stderr }),
    );
  });
}

async function showFields(): Promise<string[]> {
  const { data } = await query('{ __type(name: "Show") { fields { name } } }', 'dev-admin-001');
  return data.__type.fields.map(({ name }: { name: string }) => name);
}

/** Polls until the condition holds, limited by the timeout of the test. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(100);
}

async function processes(): Promise<{ name: string; pid: number }[]> {
  return JSON.parse(await readFile(join(directory, 'processes.json'), 'utf8')) as { name: string; pid: number }[];
}

async function pidOf(name: string): Promise<number> {
  return (await processes()).find((started) => started.name === name)?.pid ?? 0;
}

async function postmasterPid(): Promise<number> {
  const [pid = ''] = (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** The pids of all processes of the instance except the launcher. */
async function pids(): Promise<number[]> {
  return [await postmasterPid(), ...(await processes()).map(({ pid }) => pid)];
}

async function shell(command: string): Promise<string> {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await once(child, 'close');
  return printed;
}
