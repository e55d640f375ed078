import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Account } from './postgres-account.js';
import { changeOwner } from './postgres-account.js';
import type { Binaries } from './binaries.js';

/** The superuser of the embedded database. */
export const adminRole = 'postgres';

/**
 * Initialises the data directory of a database server, once. It is created under a temporary name and then renamed, so
 * that an interrupted first run leaves no incomplete directory.
 */
export async function ensureCluster(
  directory: string,
  binaries: Binaries,
  account: Account,
  password: string,
): Promise<void> {
  await removeIncomplete(directory);
  if (await exists(join(directory, 'PG_VERSION'))) return changeOwner(account, directory);
  await rm(directory, { recursive: true, force: true });
  const draft = `${directory}.new-${randomBytes(4).toString('hex')}`;
  await mkdir(draft, { mode: 0o700 });
  await changeOwner(account, draft);
  await initialise(draft, binaries.initdb, account, password);
  await rename(draft, directory);
}

async function removeIncomplete(directory: string): Promise<void> {
  const incomplete = (await readdir(dirname(directory))).filter((name) =>
    name.startsWith(`${basename(directory)}.new-`),
  );
  await Promise.all(incomplete.map((name) => rm(join(dirname(directory), name), { recursive: true, force: true })));
}

async function initialise(draft: string, initdb: string, account: Account, password: string): Promise<void> {
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    await chmod(passwordFile, 0o600);
    await changeOwner(account, passwordFile);
    await execute(account, initdb, [
      `--pgdata=${draft}`,
      `--username=${adminRole}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      // After a crash within the first second, initialisation is repeated.
      '--no-sync',
    ]);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function execute(account: Account, program: string, args: readonly string[]): Promise<void> {
  const [command = '', ...rest] = [...account.prefix, program, ...args];
  const child = spawn(command, rest, { ...account.identity, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`initdb ended with ${signal ?? code}:\n${output.join('').trim()}`)),
    );
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
