import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, startTime } from '../process/identity.js';
import type { Ports } from './instance.js';
import { UserError } from './user-error.js';

/** The launcher that uses a data directory. */
export interface LockHolder {
  pid: number;
  /** Tells it from a later process with the same number. */
  start: string;
  since: string;
  ports: Ports;
  /** It is on its way out: wait for it instead of complaining. */
  ending?: boolean;
}

/** A data directory that this process holds. */
export interface Lock {
  /** Tells the next launcher that the wait is worth it. */
  markEnding(): void;
  close(): void;
}

/** Milliseconds that a launcher waits for one that is ending. */
const patience = 20_000;

/**
 * Takes a data directory for this process. A holder that is dead does not count; one that is ending is waited for.
 * @throws Refusal naming the holder when it is alive
 */
export async function lockDirectory(directory: string, ports: Ports): Promise<Lock> {
  mkdirSync(directory, { recursive: true });
  const deadline = Date.now() + patience;
  while (readHolder(directory)?.ending && Date.now() < deadline) await wait(50);
  return acquire(directory, ports);
}

function acquire(directory: string, ports: Ports): Lock {
  const own: LockHolder = { pid: process.pid, start: startTime(process.pid), since: new Date().toISOString(), ports };
  const draft = `${lockFile(directory)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    while (!tryLink(draft, lockFile(directory))) evict(directory);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    markEnding() {
      writeFileSync(draft, JSON.stringify({ ...own, ending: true }));
      renameSync(draft, lockFile(directory));
    },
    close: () => rmSync(lockFile(directory), { force: true }),
  };
}

/** Who uses the directory now, if anybody does. */
export function readHolder(directory: string): LockHolder | undefined {
  const holder = readLock(lockFile(directory));
  return holder && isAlive(holder.pid) && startTime(holder.pid) === holder.start ? holder : undefined;
}

/**
 * Moves a dead holder's lock out of the way. Two launchers may see the same dead one; the slower might move the lock of
 * the faster, so what was moved is looked at again, and put back when its holder lives.
 */
function evict(directory: string): void {
  const alive = readHolder(directory);
  if (alive) throw inUseError(directory, alive);
  const removed = `${lockFile(directory)}.dead-${process.pid}`;
  try {
    renameSync(lockFile(directory), removed);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw failure;
  }
  const moved = readLock(removed);
  if (moved && isAlive(moved.pid) && startTime(moved.pid) === moved.start) tryLink(removed, lockFile(directory));
  rmSync(removed, { force: true });
}

function inUseError(directory: string, { pid, since, ports }: LockHolder): UserError {
  return new UserError(
    `${directory} is in use by process ${pid}, which started ${since} and listens on port ${ports.gateway}. ` +
      'Stop it, or set DATA_DIR and PORT for a second copy.',
  );
}

function lockFile(directory: string): string {
  return join(directory, 'launcher.lock');
}

/** A link appears whole or not at all, so nobody reads half a lock. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw failure;
  }
}

function readLock(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}
