import { readdir, readFile } from 'node:fs/promises';
import { processorTime } from '../measuring/process-usage.js';

/** CPU milliseconds by process name. */
export type ProcessorTimes = ReadonlyMap<string, number>;

/** CPU time of each process so far, including its child processes, such as the backends of a database. */
export async function processorTimes(pids: ReadonlyMap<string, number>): Promise<ProcessorTimes> {
  const families = [...(await processTrees(pids))];
  const times = families.map(async ([name, family]) => {
    const spent = await Promise.all(family.map((one) => processorTime(one).catch(() => 0)));
    return [name, spent.reduce((sum, time) => sum + time, 0)] as const;
  });
  return new Map(await Promise.all(times));
}

/** The pids of each process and its direct children. */
export async function processTrees(pids: ReadonlyMap<string, number>): Promise<Map<string, number[]>> {
  const parents = [...(await readParents())];
  const treeOf = (pid: number) => parents.flatMap(([child, parent]) => (child === pid || parent === pid ? child : []));
  return new Map([...pids].map(([name, pid]) => [name, treeOf(pid)]));
}

/** CPU time between two readings. */
export function timeBetween(before: ProcessorTimes, after: ProcessorTimes): Map<string, number> {
  return new Map([...after].map(([name, time]) => [name, time - (before.get(name) ?? 0)]));
}

/** Parent pid by pid, of all processes of the machine. */
async function readParents(): Promise<Map<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = text.slice(text.lastIndexOf(')') + 2).split(' ')[1];
    return [Number(pid), Number(parent)] as const;
  });
  return new Map(await Promise.all(found));
}
