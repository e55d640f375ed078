import { anonymousMemory } from '../measuring/process-usage.js';
import { processTrees } from '../system/processor-times.js';

/** Milliseconds between two samples, and the samples per minute. */
const intervalMs = 5_000;
export const samplesPerMinute = 60_000 / intervalMs;

/** Samples the memory of processes at a fixed interval. */
export interface MemorySampler {
  /** MB by process name, the oldest first. */
  samples: ReadonlyMap<string, readonly number[]>;
  stop(): Promise<void>;
}

export async function startMemorySampler(pids: ReadonlyMap<string, number>): Promise<MemorySampler> {
  const samples = new Map([...pids.keys()].map((name) => [name, [] as number[]]));
  const sample = async (): Promise<void> => {
    for (const [name, held] of await memories(pids)) samples.get(name)?.push(held);
  };
  await sample();
  let sampling = Promise.resolve();
  const timer = setInterval(() => void (sampling = sampling.then(sample)), intervalMs);
  return { samples, stop: () => (clearInterval(timer), sampling) };
}

/** Includes the child processes, such as the backends of a database. */
async function memories(pids: ReadonlyMap<string, number>): Promise<[string, number][]> {
  const families = [...(await processTrees(pids))];
  return Promise.all(
    families.map(async ([name, family]) => {
      const held = await Promise.all(family.map((pid) => anonymousMemory(pid).catch(() => 0)));
      return [name, held.reduce((sum, one) => sum + one, 0)] as [string, number];
    }),
  );
}
