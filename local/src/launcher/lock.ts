import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, startOf } from '../process/identity.js';
import type { Ports } from './copy.js';
import { Refusal } from './refusal.js';

/** The launcher that uses a data directory. */
export interface Holder {
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
  while (holderOf(directory)?.ending && Date.now() < deadline) await wait(50);
  return take(directory, ports);
}

function take(directory: string, ports: Ports): Lock {
  const own: Holder = { pid: process.pid, start: startOf(process.pid), since: new Date().toISOString(), ports };
  const draft = `${lockFile(directory)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    while (!link(draft, lockFile(directory))) evict(directory);
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
export function holderOf(directory: string): Holder | undefined {
  const holder = read(lockFile(directory));
  return holder && isAlive(holder.pid) && startOf(holder.pid) === holder.start ? holder : undefined;
}

/**
 * Moves a dead holder's lock out of the way. Two launchers may see the same dead one; the slower might move the lock of
 * the faster, so what was moved is looked at again, and put back when its holder lives.
 */
function evict(directory: string): void {
  const alive = holderOf(directory);
  if (alive) throw inUse(directory, alive);
  const removed = `${lockFile(directory)}.dead-${process.pid}`;
  try {
    renameSync(lockFile(directory), removed);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw failure;
  }
  const moved = read(removed);
  if (moved && isAlive(moved.pid) && startOf(moved.pid) === moved.start) link(removed, lockFile(directory));
  rmSync(removed, { force: true });
}

function inUse(directory: string, { pid, since, ports }: Holder): Refusal {
  return new Refusal(
    `${directory} is in use by process ${pid}, which started ${since} and listens on port ${ports.gateway}. ` +
      'Stop it, or set DATA_DIR and PORT for a second copy.',
  );
}

function lockFile(directory: string): string {
  return join(directory, 'launcher.lock');
}

/** A link appears whole or not at all, so nobody reads half a lock. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw failure;
  }
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
