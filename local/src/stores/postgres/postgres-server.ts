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
  /** Called for each line of the server's log. */
  onLine(line: string): void;
}

/** A Postgres server that accepts connections. */
export interface Server {
  pid: number;
  /** Resolves with the exit code or signal when the process has exited. */
  ended: Promise<string>;
  /** Resolves after the last line of the log: the other processes of a killed server end after it. */
  logEnded: Promise<void>;
  close(): Promise<void>;
  /** Ends it without a checkpoint, also if it hangs. The next start recovers its data. */
  kill(): void;
}

/** Milliseconds that a new server waits for the shared memory of a killed one to be released. */
const sharedMemoryTimeoutMs = 30_000;

/** Milliseconds within which a server must accept connections, recovery included. */
const startTimeoutMs = 60_000;

/** Milliseconds that a server has to react to a signal before it is killed. */
const signalTimeoutMs = 2_000;

/**
 * Starts the server. An orphaned server of the same directory is stopped first.
 * @throws with the last log lines of Postgres
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  await stopOrphanedServer(options.directory);
  const deadline = Date.now() + sharedMemoryTimeoutMs;
  for (;;) {
    const { child, output, ready } = launch(options);
    if (await readyInTime(child, ready)) return running(child);
    const reason = output.join('\n');
    if (!/shared memory|lock file/.test(reason) || Date.now() > deadline)
      throw new Error(`Postgres did not start on port ${options.port}:\n${reason}`);
    await wait(200);
    await stopOrphanedServer(options.directory);
  }
}

function launch(options: ServerOptions): { child: ChildProcess; output: string[]; ready: Promise<boolean> } {
  const { account, program, directory, port } = options;
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...options.settings];
  const args = [program, '-D', directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const [command = '', ...rest] = [...account.prefix, ...args];
  const child = spawn(command, rest, {
    ...account.identity,
    cwd: '/',
    // Ctrl-C must reach the launcher only, which stops the services first.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output: string[] = [];
  const ready = new Promise<boolean>((resolve) => {
    child.on('error', (failure) => void (output.push(failure.message), resolve(false)));
    child.on('close', () => resolve(false));
    child.stderr.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trimEnd().split('\n')) {
        options.onLine(line);
        output.push(line);
        if (output.length > 20) output.shift();
        if (line.includes('database system is ready to accept connections')) resolve(true);
      }
    });
  });
  return { child, output, ready };
}

async function readyInTime(child: ChildProcess, ready: Promise<boolean>): Promise<boolean> {
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  try {
    return await ready;
  } finally {
    clearTimeout(timer);
  }
}

function running(child: ChildProcess): Server {
  const pid = child.pid as number;
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`)),
  );
  const logEnded = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const watchdog = startWatchdog(`kill -INT ${pid}`);
  void ended.then(() => watchdog.dismiss());
  return {
    pid,
    ended,
    logEnded,
    close: () => stop(pid, isGone),
    kill() {
      if (isGone()) return;
      child.kill('SIGQUIT');
      setTimeout(() => child.kill('SIGKILL'), signalTimeoutMs).unref();
    },
  };
}

/** Stops an orphaned server of the directory, if there is one. */
export async function stopOrphanedServer(directory: string): Promise<void> {
  const file = join(directory, 'postmaster.pid');
  const path = await realpath(directory).catch(() => directory);
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (!pid) return;
  const isOrphan = (): boolean => isAlive(pid) && commandLine(pid).includes(path);
  if (isOrphan()) await stop(pid, () => !isOrphan());
  // The pid may have been reused by another program, which Postgres would mistake for a running server.
  await rm(file, { force: true });
}

/** Requests a fast shutdown, then an immediate one, and kills a server that hangs. */
async function stop(pid: number, isGone: () => boolean): Promise<void> {
  const steps = [['SIGINT', 10_000] as const, ['SIGQUIT', signalTimeoutMs] as const, ['SIGKILL', Infinity] as const];
  for (const [signal, timeoutMs] of steps) {
    if (isGone()) return;
    process.kill(pid, signal);
    const deadline = Date.now() + timeoutMs;
    while (!isGone() && Date.now() < deadline) await wait(20);
  }
}
