import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readSettings } from '@marquee/chassis/config/settings';
import { freePort } from './ports.js';
import { z } from 'zod';

/** The command that runs the emulator; optional on development machines. */
const java = 'java';

const settings = z.object({
  /** The directory of DynamoDBLocal.jar, Amazon's emulator, which is not part of the repository. */
  DYNAMODB_LOCAL: z.string().optional(),
});

/** A store with DynamoDB's protocol. */
export interface Reference {
  endpoint: string;
  close(): Promise<void>;
}

/** Starts Amazon's emulator, or returns the reason why it is not available. */
export async function openReference(): Promise<Reference | string> {
  const { DYNAMODB_LOCAL: directory } = readSettings(settings);
  if (directory === undefined) return 'DYNAMODB_LOCAL is not set';
  if (!existsSync(join(directory, 'DynamoDBLocal.jar'))) return `there is no DynamoDBLocal.jar in ${directory}`;
  if (spawnSync(java, ['-version']).error) return 'there is no java on the PATH';
  const port = await freePort();
  const emulator = start(directory, port);
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilReady(endpoint, emulator);
  return { endpoint, close: () => stop(emulator) };
}

function start(directory: string, port: number): ChildProcess {
  const library = `-Djava.library.path=${join(directory, 'DynamoDBLocal_lib')}`;
  const options = ['-port', String(port), '-sharedDb', '-inMemory', '-disableTelemetry'];
  return spawn(java, [library, '-jar', 'DynamoDBLocal.jar', ...options], { cwd: directory, stdio: 'ignore' });
}

async function waitUntilReady(endpoint: string, emulator: ChildProcess): Promise<void> {
  const answered = await fetch(endpoint).then(
    () => true,
    () => false,
  );
  if (answered) return;
  if (emulator.exitCode !== null) throw new Error(`DynamoDB Local exited with ${emulator.exitCode}`);
  await wait(50);
  await waitUntilReady(endpoint, emulator);
}

async function stop(emulator: ChildProcess): Promise<void> {
  const ended = once(emulator, 'exit');
  emulator.kill('SIGKILL');
  await ended;
}
