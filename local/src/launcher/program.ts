import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Variables } from '@marquee/chassis/config/settings';
import { nodeOptions } from '../process/node-options.js';
import { repositoryRoot } from './instance.js';
import type { ProcessRegistry } from './orphans.js';
import { type LogFile, openLogFile } from './log-file.js';
import { type RunningProcess, type ManagedProcess, startError } from './managed-process.js';

/** A Node program of the system. */
export interface Program {
  name: string;
  port: number;
  /** Its main file, from the root of the repository. */
  script: string;
  /** Answers 200 when it can be used. */
  readyPath: string;
  environment: Variables;
}

const tether = fileURLToPath(new URL('../process/exit-with-parent.js', import.meta.url));

/** Milliseconds until a program that does not get ready is given up. */
const patience = 60_000;

/** Milliseconds that a program gets to drain. */
const grace = 15_000;

/** A program as a part of the copy in a directory; its output goes to `logs/NAME.log` there. */
export function manageProgram(program: Program, directory: string, register: ProcessRegistry): ManagedProcess {
  return {
    name: program.name,
    async start(signal) {
      signal.throwIfAborted();
      const log = openLogFile(join(directory, 'logs', `${program.name}.log`));
      const child = spawnProgram(program, log);
      const ended = exitReason(child).finally(() => log.close());
      if (child.pid !== undefined) register.add(program.name, child.pid);
      void ended.then(() => register.remove(child.pid ?? 0));
      const live: RunningProcess = { ended, stop: () => stop(child, ended), kill: () => void child.kill('SIGKILL') };
      const reason = await waitUntilReady(`http://127.0.0.1:${program.port}${program.readyPath}`, ended, signal);
      if (reason === undefined) return live;
      const lastLines = log.lastLines(15);
      await live.stop();
      throw startError(program.name, reason, log.path, lastLines);
    },
  };
}

function spawnProgram({ script, environment }: Program, log: LogFile): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, '--import', tether, join(repositoryRoot, script)], {
    cwd: repositoryRoot,
    env: environment,
    // Ctrl-C is for the launcher, which stops everything in order.
    detached: true,
    stdio: ['pipe', log.descriptor, log.descriptor],
  });
}

function exitReason(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (failure) => resolve(failure.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/** What kept the program from getting ready; undefined when nothing did. */
async function waitUntilReady(url: string, ended: Promise<string>, signal: AbortSignal): Promise<string | undefined> {
  let end: string | undefined;
  void ended.then((how) => (end = how));
  const deadline = Date.now() + patience;
  for (;;) {
    if (end !== undefined) return `it ended with ${end}`;
    if (signal.aborted) return 'it is no longer wanted';
    if (Date.now() > deadline) return `${url} was not ready within ${patience / 1000} s`;
    if (await isReady(url)) return undefined;
    await Promise.race([wait(50), ended]);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000), headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const cut = setTimeout(() => child.kill('SIGKILL'), grace);
  await ended;
  clearTimeout(cut);
}
