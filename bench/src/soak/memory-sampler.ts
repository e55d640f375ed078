import { anonymousMemory } from '../measuring/process-usage.js';
import { processTrees } from '../system/processor-times.js';

/** Milliseconds between two looks, and how many there are in a minute. */
const intervalMs = 5_000;
export const samplesPerMinute = 60_000 / intervalMs;

/** Looks at what processes hold, again and again. */
export interface MemorySampler {
  /** MB by the name of the part, the oldest first. */
  samples: ReadonlyMap<string, readonly number[]>;
  end(): Promise<void>;
}

export async function startMemorySampler(pids: ReadonlyMap<string, number>): Promise<MemorySampler> {
  const samples = new Map([...pids.keys()].map((name) => [name, [] as number[]]));
  const sample = async (): Promise<void> => {
    for (const [name, held] of await memories(pids)) samples.get(name)?.push(held);
  };
  await sample();
  let looking = Promise.resolve();
  const timer = setInterval(() => void (looking = looking.then(sample)), intervalMs);
  return { samples, end: () => (clearInterval(timer), looking) };
}

/** A database counts with the processes that it has begun. */
async function memories(pids: ReadonlyMap<string, number>): Promise<[string, number][]> {
  const families = [...(await processTrees(pids))];
  return Promise.all(
    families.map(async ([name, family]) => {
      const held = await Promise.all(family.map((pid) => anonymousMemory(pid).catch(() => 0)));
      return [name, held.reduce((sum, one) => sum + one, 0)] as [string, number];
    }),
  );
}
