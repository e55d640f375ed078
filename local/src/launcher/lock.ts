import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, startTime } from '../process/identity.js';
import type { Ports } from './instance.js';
import { UserError } from './user-error.js';

/** The launcher that uses a data directory. */
export interface LockHolder {
  pid: number;
  /** Distinguishes it from a later process with the same id. */
  start: string;
  since: string;
  ports: Ports;
  /** Set while it shuts down: wait for it instead of failing. */
  ending?: boolean;
}

/** A data directory that this process has locked. */
export interface Lock {
  /** Announces that the lock will be released soon. */
  markEnding(): void;
  close(): void;
}

/** Milliseconds to wait for a launcher that is shutting down. */
const endingTimeout = 20_000;

/**
 * Locks a data directory for this process. Replaces the lock of a dead process, and waits for one that is shutting down.
 * @throws UserError naming the process that holds the lock
 */
export async function lockDirectory(directory: string, ports: Ports): Promise<Lock> {
  mkdirSync(directory, { recursive: true });
  const deadline = Date.now() + endingTimeout;
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

/** The running launcher that holds the directory, if there is one. */
export function readHolder(directory: string): LockHolder | undefined {
  const holder = readLock(lockFile(directory));
  return holder && isRunning(holder) ? holder : undefined;
}

/**
 * Moves the lock of a dead process aside. Two launchers may find the same dead lock, and the slower one might move the
 * lock that the faster one has just acquired. The moved lock is therefore read again, and restored if its holder runs.
 */
function evict(directory: string): void {
  const holder = readHolder(directory);
  if (holder) throw inUseError(directory, holder);
  const removed = `${lockFile(directory)}.dead-${process.pid}`;
  try {
    renameSync(lockFile(directory), removed);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw failure;
  }
  const moved = readLock(removed);
  if (moved && isRunning(moved)) tryLink(removed, lockFile(directory));
  rmSync(removed, { force: true });
}

function isRunning({ pid, start }: LockHolder): boolean {
  return isAlive(pid) && startTime(pid) === start;
}

function inUseError(directory: string, { pid, since, ports }: LockHolder): UserError {
  return new UserError(
    `${directory} is in use by process ${pid}, which started at ${since} and listens on port ${ports.gateway}. ` +
      'Stop it, or set DATA_DIR and PORT to run a second instance.',
  );
}

function lockFile(directory: string): string {
  return join(directory, 'launcher.lock');
}

/** Linking is atomic, so that readers never see a partly written lock. Returns false if the target exists. */
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
