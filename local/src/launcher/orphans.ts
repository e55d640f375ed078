import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, startTime } from '../process/identity.js';
import { stopOrphanedServer } from '../stores/postgres/postgres-server.js';

/** A process that a launcher started. Process id and start time together are never reused. */
interface RecordedProcess {
  name: string;
  pid: number;
  start: string;
}

/** Records running processes on disk, so that the next launcher can stop the orphans of a killed one. */
export interface ProcessRegistry {
  add(name: string, pid: number): void;
  remove(pid: number): void;
}

/** Milliseconds between SIGTERM and SIGKILL. */
const gracePeriod = 2_000;

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

/** Stops the processes of a killed launcher, and no other process that has since been given the same id. */
export async function stopOrphans(directory: string): Promise<void> {
  await Promise.all([...readRecorded(directory).map(stopOrphan), stopOrphanedServer(join(directory, 'postgres'))]);
}

async function stopOrphan({ pid, start }: RecordedProcess): Promise<void> {
  const isRunning = (): boolean => isAlive(pid) && startTime(pid) === start;
  if (isRunning()) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + gracePeriod;
  while (isRunning() && Date.now() < deadline) await wait(20);
  if (isRunning()) process.kill(pid, 'SIGKILL');
  while (isRunning()) await wait(20);
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
