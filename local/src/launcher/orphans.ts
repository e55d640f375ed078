import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, startTime } from '../process/identity.js';
import { stopLeftOver } from '../stores/postgres/server.js';

/** A process that a launcher started. Number and start together are never used again. */
interface RecordedProcess {
  name: string;
  pid: number;
  start: string;
}

/** Remembers on the disk which processes run, so that the next launcher can end those that this one left. */
export interface ProcessRegistry {
  add(name: string, pid: number): void;
  remove(pid: number): void;
}

/** Milliseconds that a left-over gets to end by itself. */
const grace = 2_000;

export function openProcessRegistry(directory: string): ProcessRegistry {
  const running = new Map<number, RecordedProcess>();
  const save = (): void => {
    writeFileSync(`${registryFile(directory)}.new`, JSON.stringify([...running.values()]));
    renameSync(`${registryFile(directory)}.new`, registryFile(directory));
  };
  save();
  return {
    add(name, pid) {
      running.set(pid, { name, pid, start: startTime(pid) });
      save();
    },
    remove(pid) {
      if (running.delete(pid)) save();
    },
  };
}

/** Ends the processes that a killed launcher left. They are told by their start, not by their number alone. */
export async function stopOrphans(directory: string): Promise<void> {
  await Promise.all([...readRecorded(directory).map(stopOrphan), stopLeftOver(join(directory, 'postgres'))]);
}

async function stopOrphan({ pid, start }: RecordedProcess): Promise<void> {
  const isOurs = (): boolean => isAlive(pid) && startTime(pid) === start;
  if (isOurs()) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + grace;
  while (isOurs() && Date.now() < deadline) await wait(20);
  if (isOurs()) process.kill(pid, 'SIGKILL');
  while (isOurs()) await wait(20);
}

function registryFile(directory: string): string {
  return join(directory, 'processes.json');
}

function readRecorded(directory: string): RecordedProcess[] {
  try {
    return JSON.parse(readFileSync(registryFile(directory), 'utf8')) as RecordedProcess[];
  } catch {
    return [];
  }
}
