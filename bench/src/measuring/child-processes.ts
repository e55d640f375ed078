import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from '@marquee/chassis/process/node-options';

/** A child process, which ends with this one. */
export interface Child {
  pid: number;
  close(): Promise<void>;
}

/** A script that has reported its readiness, with its message. */
export interface ReadyChild<Message> extends Child {
  message: Message;
  /**
   * Sends a request to a script that calls `answerRequests`, one at a time.
   * @throws Error with the failure of the script, or when it exits
   */
  request<Answer>(request: Serializable): Promise<Answer>;
}

/** The response to a request of the parent. */
interface ScriptAnswer {
  value?: unknown;
  failure?: string;
}

/** The root of the repository, three directories above this file, whether built or not. */
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Milliseconds that a program may take to become ready. */
const startTimeoutMs = 60_000;

/**
 * Starts a script of this package with the Node options of production.
 * @param name path of the script below `dist`, without its extension
 * @param value the input, which the script reads with `readInput`
 * @throws when the script exits before it is ready
 */
export async function startScript<Message>(name: string, value: unknown): Promise<ReadyChild<Message>> {
  const child = fork(join(root, `bench/dist/${name}.js`), [JSON.stringify(value)], {
    env: { NODE_ENV: 'production' },
    execArgv: [...nodeOptions(Infinity), '--no-warnings'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name} exited`)));
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Message];
  ended.catch(() => undefined);
  return {
    pid: pidOf(child),
    message,
    request: (request) => requestFrom(child, ended, request),
    close: () => end(child),
  };
}

/** @param ended rejects when the script exits */
async function requestFrom<Answer>(child: ChildProcess, ended: Promise<never>, request: Serializable): Promise<Answer> {
  const answered = once(child, 'message');
  child.send(request);
  const [{ failure, value }] = (await Promise.race([answered, ended])) as [ScriptAnswer];
  if (failure !== undefined) throw new Error(failure);
  return value as Answer;
}

/** Reads the input of a script that was started with `startScript`. */
export function readInput<Value>(): Value {
  return JSON.parse(process.argv[2] ?? 'null') as Value;
}

/** Reports to the parent that the script is ready; from then on it exits with the parent. */
export function reportReady(message: object): void {
  process.once('disconnect', () => process.exit());
  process.send?.(message);
}

/** Answers the requests of the parent. */
export function answerRequests<Request>(answer: (request: Request) => Promise<unknown>): void {
  process.on('message', (request: Request) => {
    answer(request).then(
      (value) => send({ value }),
      (failure: Error) => send({ failure: failure.message }),
    );
  });

  function send(message: ScriptAnswer): void {
    process.send?.(message);
  }
}

/**
 * Starts a service and resolves once `url` is ready.
 * @param script its main file, relative to the root of the repository
 */
export async function startProgram(script: string, environment: Record<string, string>, url: string): Promise<Child> {
  const child = spawn(
    process.execPath,
    [...nodeOptions(Infinity), '--import', join(root, 'local/dist/process/exit-with-parent.js'), join(root, script)],
    {
      env: environment,
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  const deadline = Date.now() + startTimeoutMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`${script} exited with code ${child.exitCode}`);
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
