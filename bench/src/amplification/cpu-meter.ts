import { readdir, readFile } from 'node:fs/promises';
import { processTrees } from '../system/processor-times.js';

/** CPU milliseconds by process name. */
export type CpuTimes = ReadonlyMap<string, number>;

/**
 * Measures the CPU time that processes and their children spend meanwhile, in nanosecond resolution: `/proc/…/schedstat`
 * of every thread. Threads that end meanwhile are not counted.
 */
export async function measureCpu(pids: ReadonlyMap<string, number>, work: () => Promise<void>): Promise<CpuTimes> {
  const before = await threadTimes(pids);
  await work();
  const after = await threadTimes(pids);
  return new Map(
    [...after].map(([name, threads]) => {
      const known = before.get(name);
      const spent = [...threads].reduce((sum, [thread, time]) => sum + time - (known?.get(thread) ?? 0), 0);
      return [name, spent / 1_000_000];
    }),
  );
}

export function totalOf(times: CpuTimes): number {
  return [...times.values()].reduce((sum, time) => sum + time, 0);
}

/** Nanoseconds by thread, by process name. */
async function threadTimes(pids: ReadonlyMap<string, number>): Promise<Map<string, Map<string, number>>> {
  const families = [...(await processTrees(pids))];
  const read = families.map(async ([name, family]) => {
    const threads = (await Promise.all(family.map(threadsOf))).flat();
    const times = await Promise.all(threads.map(async (thread) => [thread, await timeOf(thread)] as const));
    return [name, new Map(times)] as const;
  });
  return new Map(await Promise.all(read));
}

async function threadsOf(pid: number): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  return threads.map((thread) => `${pid}/task/${thread}`);
}

async function timeOf(thread: string): Promise<number> {
  const text = await readFile(`/proc/${thread}/schedstat`, 'utf8').catch(() => '0');
  return Number(text.split(' ', 1)[0]);
}
