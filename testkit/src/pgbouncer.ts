import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { skipReason } from './skip-reason.js';
import { untilListening } from './until-listening.js';

/** A running PgBouncer in transaction mode. */
export interface PgBouncer {
  /** The URL of the database with the host and port of PgBouncer. */
  url: string;
  close(): Promise<void>;
}

/** Why PgBouncer is not available for tests; undefined if it is. @throws Error in CI, where it is required */
export function missingPgBouncerReason(): string | undefined {
  return spawnSync('pgbouncer', ['--version']).status === 0 ? undefined : skipReason('pgbouncer is not on PATH');
}

/**
 * Starts PgBouncer with its default settings, except for the mode, and a lifetime of connections of one second.
 * @param url the database with role and password
 */
export async function openPgBouncer(url: string): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  await writeFile(join(folder, 'users.txt'), userLine(new URL(url)));
  await writeFile(join(folder, 'pgbouncer.ini'), settingsFor(new URL(url), port, folder));
  await chmod(folder, 0o755);
  const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...unprivileged() });
  await untilListening(port, child);
  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    async close() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

function userLine({ username, password }: URL): string {
  return `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`;
}

function settingsFor({ hostname, port, pathname }: URL, listenPort: number, folder: string): string {
  return `[databases]
${pathname.slice(1)} = host=${hostname} port=${port || '5432'}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 4
server_lifetime = 1
`;
}

/** PgBouncer refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
}
