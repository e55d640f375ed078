import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, startOf } from '../process/identity.js';
import { stopLeftOver } from '../stores/postgres/server.js';

/** A process that a launcher started. Number and start together are never used again. */
interface Started {
  name: string;
  pid: number;
  start: string;
}

/** Remembers on the disk which processes run, so that the next launcher can end those that this one left. */
export interface Register {
  add(name: string, pid: number): void;
  remove(pid: number): void;
}

/** Milliseconds that a left-over gets to end by itself. */
const grace = 2_000;

export function openRegister(directory: string): Register {
  const running = new Map<number, Started>();
  const save = (): void => {
    writeFileSync(`${registerFile(directory)}.new`, JSON.stringify([...running.values()]));
    renameSync(`${registerFile(directory)}.new`, registerFile(directory));
  };
  save();
  return {
    add(name, pid) {
      running.set(pid, { name, pid, start: startOf(pid) });
      save();
    },
    remove(pid) {
      if (running.delete(pid)) save();
    },
  };
}

/** Ends the processes that a killed launcher left. They are told by their start, not by their number alone. */
export async function endLeftOvers(directory: string): Promise<void> {
  await Promise.all([...read(directory).map(end), stopLeftOver(join(directory, 'postgres'))]);
}

async function end({ pid, start }: Started): Promise<void> {
  const isOurs = (): boolean => isAlive(pid) && startOf(pid) === start;
  if (isOurs()) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + grace;
  while (isOurs() && Date.now() < deadline) await wait(20);
  if (isOurs()) process.kill(pid, 'SIGKILL');
  while (isOurs()) await wait(20);
}

function registerFile(directory: string): string {
  return join(directory, 'processes.json');
}

function read(directory: string): Started[] {
  try {
    return JSON.parse(readFileSync(registerFile(directory), 'utf8')) as Started[];
  } catch {
    return [];
  }
}
