import { isPortFree } from '@marquee/chassis/process/ports';

/**
 * Below 32768, where Linux begins to hand out ports for connections and for whoever listens on port 0: what is found
 * here stays free until its finder listens on it, and while its finder restarts.
 */
const [lowest, end] = [10_000, 32_768];

/** Ports that one process looks through, and between two processes some more, for who takes those behind one, too. */
const [own, apart] = [128, 32];

const slices = Math.floor((end - lowest) / (own + apart));

let looked = 0;

/**
 * A port of 127.0.0.1 that nobody listens on, and that this process was not given lately. Processes that run side by
 * side have numbers near each other, and so look elsewhere.
 * @throws when none of those that this process looks through is free
 */
export async function freePort(): Promise<number> {
  const first = lowest + (process.pid % slices) * (own + apart);
  for (let tries = 0; tries < own; tries++) {
    const port = first + (looked++ % own);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`None of the ports from ${first} to ${first + own - 1} is free.`);
}
