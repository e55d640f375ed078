import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { commandLine, isAlive } from '../../process/identity.js';
import { startWatchdog } from '../../process/watchdog.js';
import type { Account } from './postgres-account.js';

export interface ServerOptions {
  directory: string;
  port: number;
  account: Account;
  program: string;
  /** Extra settings, `name=value`. */
  settings: readonly string[];
  /** Told every line that the server logs. */
  onLine(line: string): void;
}

/** A Postgres server that accepts connections. */
export interface Server {
  pid: number;
  /** Settles when the process is gone, with how it ended. */
  ended: Promise<string>;
  close(): Promise<void>;
}

/** Milliseconds that a new server waits for the remains of a killed one, whose memory goes a moment later. */
const sharedMemoryTimeoutMs = 5_000;

/**
 * Starts the server on its files. One that an ended launcher left on them is stopped first.
 * @throws with the last lines that Postgres said
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  await stopOrphanedServer(options.directory);
  const deadline = Date.now() + sharedMemoryTimeoutMs;
  for (;;) {
    const { child, said, ready } = launch(options);
    if (await ready) return running(child);
    const reason = said.join('\n');
    if (!/shared memory|lock file/.test(reason) || Date.now() > deadline)
      throw new Error(`Postgres did not start on port ${options.port}:\n${reason}`);
    await wait(200);
    await stopOrphanedServer(options.directory);
  }
}

function launch(options: ServerOptions): { child: ChildProcess; said: string[]; ready: Promise<boolean> } {
  const { account, program, directory, port } = options;
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...options.settings];
  const args = [program, '-D', directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const [command = '', ...rest] = [...account.prefix, ...args];
  const child = spawn(command, rest, {
    ...account.identity,
    cwd: '/',
    // Ctrl-C is for the launcher, which stops the services first.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  const ready = new Promise<boolean>((resolve) => {
    child.on('error', (failure) => void (said.push(failure.message), resolve(false)));
    child.on('close', () => resolve(false));
    child.stderr.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trimEnd().split('\n')) {
        options.onLine(line);
        said.push(line);
        if (said.length > 20) said.shift();
        if (line.includes('database system is ready to accept connections')) resolve(true);
      }
    });
  });
  return { child, said, ready };
}

function running(child: ChildProcess): Server {
  const pid = child.pid as number;
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)),
  );
  const watchdog = startWatchdog(`kill -INT ${pid}`);
  void ended.then(() => watchdog.dismiss());
  return { pid, ended, close: () => stop(pid, () => child.exitCode !== null || child.signalCode !== null) };
}

/** Stops the server that an ended launcher left on these files, if there is one. */
export async function stopOrphanedServer(directory: string): Promise<void> {
  const file = join(directory, 'postmaster.pid');
  const place = await realpath(directory).catch(() => directory);
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (!pid) return;
  const ours = (): boolean => isAlive(pid) && commandLine(pid).includes(place);
  if (ours()) await stop(pid, () => !ours());
  // The number may belong to another program by now; Postgres would take that for a running server.
  await rm(file, { force: true });
}

/** A fast shutdown, and an immediate one when that takes too long. */
async function stop(pid: number, isGone: () => boolean): Promise<void> {
  if (isGone()) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + 10_000;
  while (!isGone() && Date.now() < deadline) await wait(20);
  if (isGone()) return;
  process.kill(pid, 'SIGQUIT');
  while (!isGone()) await wait(20);
}
