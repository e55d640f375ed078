import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below 32768, where Linux begins to hand out ports for connections and for whoever listens on port 0:
 * what is found here stays free until its finder listens on it, and while its finder restarts.
 */
const first = 10_000;
/** Ports that one process looks through; those that run side by side have other numbers, and so other slices. */
const slice = 128;
const slices = Math.floor((32_768 - first) / slice);

let taken = 0;

/**
 * A port of 127.0.0.1 that nobody listens on and that this process was not given lately.
 * @throws when none of its slice is free
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < slice; tries++) {
    const port = first + (process.pid % slices) * slice + (taken++ % slice);
    if (await isFree(port)) return port;
  }
  throw new Error(`There is no free port among ${slice}.`);
}

/** Whether a port of 127.0.0.1 can be listened on. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
