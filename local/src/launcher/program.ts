import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Variables } from '@marquee/chassis/config/settings';
import { nodeOptions } from '@marquee/chassis/process/node-options';
import { runnableFile } from './bundles.js';
import { repositoryRoot } from './instance.js';
import { type LogFile, openLogFile } from './log-file.js';
import { type ManagedProcess, responseTimeoutMs, type RunningProcess, startError } from './managed-process.js';
import type { ProcessRegistry } from './orphans.js';

/** A Node program of the system. */
export interface Program {
  name: string;
  port: number;
  /** Its main file, relative to the root of the repository. */
  script: string;
  /** Returns 200 once the program is ready. */
  readyPath: string;
  /** Returns any response while the program runs, whatever the state of its stores and services is. */
  healthPath: string;
  environment: Variables;
}

/** Preloaded into every program, so that it ends with the launcher. */
const exitWithParent = fileURLToPath(new URL('../process/exit-with-parent.js', import.meta.url));

/** Milliseconds within which a program must become ready. */
const startTimeout = 60_000;

/** Milliseconds between SIGTERM and SIGKILL, in which a program drains. */
const gracePeriod = 15_000;

/** Manages a program of the instance in a directory; its output goes to `logs/NAME.log` there. */
export function manageProgram(program: Program, directory: string, registry: ProcessRegistry): ManagedProcess {
  return {
    name: program.name,
    async start(signal) {
      signal.throwIfAborted();
      const log = openLogFile(join(directory, 'logs', `${program.name}.log`));
      const child = spawnProgram(program, log);
      const ended = exitReason(child).finally(() => log.close());
      if (child.pid !== undefined) registry.add(program.name, child.pid);
      void ended.then(() => registry.remove(child.pid ?? 0));
      const address = `http://127.0.0.1:${program.port}`;
      const running: RunningProcess = {
        pid: child.pid,
        ended,
        stop: () => stop(child, ended),
        kill: () => void child.kill('SIGKILL'),
        responds: async () => (await statusOf(address + program.healthPath)) !== undefined,
      };
      const failure = await waitUntilReady(address + program.readyPath, ended, signal);
      if (failure === undefined) return running;
      const lastLines = log.lastLines(15);
      await running.stop();
      throw startError(program.name, failure, log.path, lastLines);
    },
  };
}

function spawnProgram(program: Program, log: LogFile): ChildProcess {
  const { path, variables } = runnableFile(repositoryRoot, program);
  return spawn(process.execPath, [...nodeOptions(Infinity), '--import', exitWithParent, path], {
    cwd: repositoryRoot,
    env: { ...variables, ...program.environment },
    // Keeps the terminal's Ctrl-C from the program: the launcher stops everything in order.
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

/** Returns undefined once the program is ready, or the reason why it is not. */
async function waitUntilReady(url: string, ended: Promise<string>, signal: AbortSignal): Promise<string | undefined> {
  let end: string | undefined;
  void ended.then((reason) => (end = reason));
  const deadline = Date.now() + startTimeout;
  for (;;) {
    if (end !== undefined) return `it ended with ${end}`;
    if (signal.aborted) return 'the start was aborted';
    if (Date.now() > deadline) return `${url} was not ready within ${startTimeout / 1000} s`;
    if ((await statusOf(url)) === 200) return undefined;
    await Promise.race([wait(50), ended]);
  }
}

/** The HTTP status of a response; undefined without a response in time. */
async function statusOf(url: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(responseTimeoutMs);
    const response = await fetch(url, { signal, headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killTimer = setTimeout(() => child.kill('SIGKILL'), gracePeriod);
  await ended;
  clearTimeout(killTimer);
}
