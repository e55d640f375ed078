/**
 * Postgres refuses to run as root. A regular user runs it directly. For root there are three methods, and the first one
 * that works for the data directory is used:
 * 1. as the system account `postgres`, or the unprivileged one if it does not exist. Fails below directories of root;
 * 2. as root mapped to another account in a user namespace. Fails where namespaces are forbidden (many containers);
 * 3. as that account with the capability to bypass file permissions.
 */
import { execFile } from 'node:child_process';
import { chown, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The account that Postgres runs as, and how a command is started with it. */
export interface Account {
  /** Arguments before the command. */
  prefix: readonly string[];
  /** Options of `spawn`; empty where the prefix changes the account. */
  identity: { uid?: number; gid?: number };
  /** Required owner of the files outside a namespace; undefined for a regular user, which owns them already. */
  owner?: { uid: number; gid: number };
}

/**
 * Selects the account for Postgres on this machine.
 *
 * @param initdb the program that is tried: unlike `postgres --version`, it reads all files that Postgres needs
 * @param directory an existing directory that the account must be able to access
 * @throws when this process runs as root and no method works
 */
export async function postgresAccount(initdb: string, directory: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { prefix: [], identity: {} };
  for (const account of await rootAccounts()) if (await canRun(account, initdb, directory)) return account;
  throw new Error(
    `Postgres cannot run as root, and no other account can access ${directory} and ${initdb}. ` +
      'Run as a regular user, or use a repository and a DATA_DIR in directories that other accounts may enter.',
  );
}

/** Changes the owner of the directory and its contents to the account, if necessary. */
export async function changeOwner({ owner }: Pick<Account, 'owner'>, path: string): Promise<void> {
  if (owner === undefined) return;
  const found = await lstat(path);
  if (found.uid === owner.uid && found.gid === owner.gid) return;
  // The directory itself is changed last, so that an interrupted change is repeated.
  if (found.isDirectory()) for (const name of await readdir(path)) await changeOwner({ owner }, join(path, name));
  await chown(path, owner.uid, owner.gid);
}

async function rootAccounts(): Promise<Account[]> {
  const { uid, gid } = await systemAccount();
  const changeTo = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const keepCapability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  // Without this bit access(2), which Postgres calls for its own files, ignores the capability.
  const exposeCapability = '--securebits=+no_setuid_fixup';
  return [
    { prefix: [], identity: { uid, gid }, owner: { uid, gid } },
    {
      prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'],
      identity: {},
      owner: { uid: 0, gid: 0 },
    },
    {
      prefix: ['setpriv', ...changeTo, ...keepCapability, exposeCapability, '--'],
      identity: {},
      owner: { uid, gid },
    },
  ];
}

async function systemAccount(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const line = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  if (line === undefined)
    throw new Error('Postgres cannot run as root, and there is no account "postgres" or "nobody".');
  return { uid: Number(line[2]), gid: Number(line[3]) };
}

/** Checks that the account can read the files of Postgres, with `directory` as the working directory. */
async function canRun(account: Account, initdb: string, directory: string): Promise<boolean> {
  const script = 'cd "$1" && exec "$0" --show --pgdata="$1"';
  const [command = '', ...args] = [...account.prefix, '/bin/sh', '-c', script, initdb, directory];
  try {
    await promisify(execFile)(command, args, { ...account.identity, cwd: '/', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
