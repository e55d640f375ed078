import { isPortFree } from '@marquee/chassis/process/ports';

/**
 * Below 32768, where the ephemeral ports of Linux begin: a port that was found here stays free until the test listens on
 * it, and while it restarts a server on it.
 */
const [lowest, end] = [10_000, 32_768];

/** The ports of each process, and the gap to those of the next, for tests that also use the ports after a free one. */
const [own, apart] = [128, 32];

const slices = Math.floor((end - lowest) / (own + apart));

let searched = 0;

/**
 * Finds a free port of 127.0.0.1 that was not returned recently. Concurrent processes search different ranges, since their
 * process ids are close to each other.
 * @throws Error if none of the ports of this process is free
 */
export async function freePort(): Promise<number> {
  const first = lowest + (process.pid % slices) * (own + apart);
  for (let tries = 0; tries < own; tries++) {
    const port = first + (searched++ % own);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`None of the ports from ${first} to ${first + own - 1} is free.`);
}
