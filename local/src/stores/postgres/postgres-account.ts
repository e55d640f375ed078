/**
 * Postgres refuses to run as root. An ordinary user runs it as is; root has three ways, and the first that works for
 * this place on the disk is taken:
 * 1. as the system's account `postgres`, or `nobody` when there is none. Fails under a directory that only root reads;
 * 2. as root that looks like another account, in a user namespace. Fails where namespaces are forbidden (many containers);
 * 3. as that account with leave to pass by file permissions.
 */
import { execFile } from 'node:child_process';
import { chown, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** As whom Postgres runs, and how a command is started as them. */
export interface Account {
  /** Goes before the command. */
  prefix: readonly string[];
  /** Given to `spawn`; left out where the command changes by itself. */
  identity: { uid?: number; gid?: number };
  /** Who must own the files, seen from outside; undefined for an ordinary user, who owns them anyway. */
  owner?: { uid: number; gid: number };
}

/**
 * Chooses how Postgres runs on this machine.
 *
 * @param initdb the program that is tried: unlike `postgres --version` it looks at everything that Postgres needs
 * @param directory exists, and the account must be able to reach it
 * @throws when this is root and no way works
 */
export async function postgresAccount(initdb: string, directory: string): Promise<Account> {
  if (process.getuid?.() !== 0) return { prefix: [], identity: {} };
  for (const account of await rootAccounts()) if (await canRun(account, initdb, directory)) return account;
  throw new Error(
    `Postgres cannot run as root, and no other account can reach ${directory} and ${initdb}. ` +
      'Run as an ordinary user, or set DATA_DIR and keep the copy in directories that others may enter.',
  );
}

/** Makes the account the owner of the directory and all that is in it, if it is not already. */
export async function changeOwner({ owner }: Pick<Account, 'owner'>, path: string): Promise<void> {
  if (owner === undefined) return;
  const found = await lstat(path);
  if (found.uid === owner.uid && found.gid === owner.gid) return;
  // The directory itself goes last: one that was changed halfway is changed again.
  if (found.isDirectory()) for (const name of await readdir(path)) await changeOwner({ owner }, join(path, name));
  await chown(path, owner.uid, owner.gid);
}

async function rootAccounts(): Promise<Account[]> {
  const { uid, gid } = await systemAccount();
  const changeTo = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const keepLeave = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  // Without it access(2), which Postgres asks about its own files, does not see the capability.
  const showLeave = '--securebits=+no_setuid_fixup';
  return [
    { prefix: [], identity: { uid, gid }, owner: { uid, gid } },
    {
      prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'],
      identity: {},
      owner: { uid: 0, gid: 0 },
    },
    {
      prefix: ['setpriv', ...changeTo, ...keepLeave, showLeave, '--'],
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

/** Lets Postgres look at its own files, with `directory` as the place to stand: all must be within reach. */
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
