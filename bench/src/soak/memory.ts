import { ownMemory } from '../measuring/usage.js';
import { familiesOf } from '../system/processors.js';

/** Milliseconds between two looks, and how many there are in a minute. */
const pause = 5_000;
export const looksPerMinute = 60_000 / pause;

/** Looks at what processes hold, again and again. */
export interface Watching {
  /** MB by the name of the part, the oldest first. */
  samples: ReadonlyMap<string, readonly number[]>;
  end(): Promise<void>;
}

export async function watchMemory(pids: ReadonlyMap<string, number>): Promise<Watching> {
  const samples = new Map([...pids.keys()].map((name) => [name, [] as number[]]));
  const look = async (): Promise<void> => {
    for (const [name, held] of await memories(pids)) samples.get(name)?.push(held);
  };
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => void (looking = looking.then(look)), pause);
  return { samples, end: () => (clearInterval(timer), looking) };
}

/** A database counts with the processes that it has begun. */
async function memories(pids: ReadonlyMap<string, number>): Promise<[string, number][]> {
  const families = [...(await familiesOf(pids))];
  return Promise.all(
    families.map(async ([name, family]) => {
      const held = await Promise.all(family.map((pid) => ownMemory(pid).catch(() => 0)));
      return [name, held.reduce((sum, one) => sum + one, 0)] as [string, number];
    }),
  );
}
