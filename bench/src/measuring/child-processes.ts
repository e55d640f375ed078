import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from '@marquee/local/process/node-options';

/** A program that runs beside this one, and ends with it. */
export interface Child {
  pid: number;
  close(): Promise<void>;
}

/** A program of ours that has said what `tell` was given. */
export interface ReadyChild<Message> extends Child {
  message: Message;
}

/** The repository, three directories above this file, built or not. */
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Milliseconds until a program that is not ready is given up. */
const startTimeoutMs = 60_000;

/**
 * Starts a script of this package, as it would run in production.
 * @param name its file, without the ending
 * @throws when it ends before it has told anything
 */
export async function startScript<Message>(name: string, value: unknown): Promise<ReadyChild<Message>> {
  const child = fork(join(root, `bench/dist/${name}.js`), [JSON.stringify(value)], {
    env: { NODE_ENV: 'production' },
    execArgv: [...nodeOptions, '--no-warnings'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended before it was ready`)));
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Message];
  ended.catch(() => undefined);
  return { pid: pidOf(child), message, close: () => end(child) };
}

/** What the script was started with. */
export function readInput<Value>(): Value {
  return JSON.parse(process.argv[2] ?? 'null') as Value;
}

/** Tells the starter that the script is ready; from then on it ends with the starter. */
export function reportReady(message: object): void {
  process.once('disconnect', () => process.exit());
  process.send?.(message);
}

/**
 * Starts a service of the system and returns once `url` is ready.
 * @param script its main file, from the root of the repository
 */
export async function startProgram(script: string, environment: Record<string, string>, url: string): Promise<Child> {
  const child = spawn(
    process.execPath,
    [...nodeOptions, '--import', join(root, 'local/dist/process/exit-with-parent.js'), join(root, script)],
    {
      env: environment,
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`${script} ended with exit code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`${url} was not ready within ${startTimeoutMs / 1000} s`);
    await wait(50);
  }
  return { pid: pidOf(child), close: () => end(child) };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { headers: { connection: 'close' } });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('The program did not start.');
  return pid;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
