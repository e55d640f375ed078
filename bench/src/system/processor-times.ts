import { readdir, readFile } from 'node:fs/promises';
import { processorTime } from '../measuring/process-usage.js';

/** Milliseconds of processor time by the name of the part. */
export type ProcessorTimes = ReadonlyMap<string, number>;

/** What every part of a system has spent so far; a database counts with the processes that it has begun. */
export async function processorTimes(pids: ReadonlyMap<string, number>): Promise<ProcessorTimes> {
  const families = [...(await processTrees(pids))];
  const times = families.map(async ([name, family]) => {
    const spent = await Promise.all(family.map((one) => processorTime(one).catch(() => 0)));
    return [name, spent.reduce((sum, time) => sum + time, 0)] as const;
  });
  return new Map(await Promise.all(times));
}

/** The processes of every part: its own, and those that it has begun. */
export async function processTrees(pids: ReadonlyMap<string, number>): Promise<Map<string, number[]>> {
  const parents = [...(await parentsOfAll())];
  const family = (pid: number) => parents.flatMap(([child, parent]) => (child === pid || parent === pid ? child : []));
  return new Map([...pids].map(([name, pid]) => [name, family(pid)]));
}

/** What was spent between two looks. */
export function timeBetween(before: ProcessorTimes, after: ProcessorTimes): Map<string, number> {
  return new Map([...after].map(([name, time]) => [name, time - (before.get(name) ?? 0)]));
}

/** The parent of every process of the machine. */
async function parentsOfAll(): Promise<Map<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = text.slice(text.lastIndexOf(')') + 2).split(' ')[1];
    return [Number(pid), Number(parent)] as const;
  });
  return new Map(await Promise.all(found));
}
