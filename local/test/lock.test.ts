import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ports } from '../src/launcher/instance.js';
import { readHolder, lockDirectory } from '../src/launcher/lock.js';
import { stopOrphans, openProcessRegistry } from '../src/launcher/orphans.js';
import { isAlive } from '../src/process/identity.js';

const ports = { gateway: 4000 } as Ports;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marquee-lock-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a data directory', () => {
  test('has one launcher at a time, and names it to a second one', async () => {
    const lock = await lockDirectory(directory, ports);
    await expect(lockDirectory(directory, ports)).rejects.toThrow(
      new RegExp(`in use by process ${process.pid}.* port 4000`),
    );
    lock.close();
    expect(readHolder(directory)).toBeUndefined();
    (await lockDirectory(directory, ports)).close();
  });

  test('is released when its launcher has stopped, for which a second one waits', async () => {
    const first = await lockDirectory(directory, ports);
    first.markEnding();
    const second = lockDirectory(directory, ports);
    first.close();
    (await second).close();
    expect(await readdir(directory)).toEqual([]);
  });

  test('is taken over from a launcher that was killed', async () => {
    await lockDirectory(directory, ports);
    await tamper({ pid: await deadPid() });
    (await lockDirectory(directory, ports)).close();
    expect(await readdir(directory)).toEqual([]);
  });

  test('is taken over when another process has the pid of the killed launcher', async () => {
    await lockDirectory(directory, ports);
    await tamper({ start: 'another time' });
    (await lockDirectory(directory, ports)).close();
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('an orphaned process', () => {
  test('is stopped, unlike another process with the same pid', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    openProcessRegistry(directory).add('users', child.pid ?? 0);
    const file = join(directory, 'processes.json');
    const written = await readFile(file, 'utf8');
    const [{ start }] = JSON.parse(written) as [{ start: string }];
    await writeFile(file, written.replace(`"${start}"`, '"another time"'));
    await stopOrphans(directory);
    expect(isAlive(child.pid ?? 0)).toBe(true);
    await writeFile(file, written);
    await stopOrphans(directory);
    expect(isAlive(child.pid ?? 0)).toBe(false);
  });
});

async function tamper(changes: object): Promise<void> {
  const file = join(directory, 'launcher.lock');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changes }));
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}
