import type { Closable } from '@marquee/chassis/process/closers';
import type { Live, Part } from '../launcher/part.js';

/** One process of several that do the same; it can be ended and started again, at the same address. */
export interface Replica extends Closable {
  name: string;
  port: number;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM, and returns how it ended. */
  terminate(): Promise<string>;
  /** Returns once it is ready. @throws Refusal when it does not start */
  start(): Promise<void>;
}

/** Starts a replica. @throws Refusal when it does not start */
export async function openReplica(part: Part, port: number): Promise<Replica> {
  const closing = new AbortController();
  let live: Live = await part.start(closing.signal);
  const terminate = async () => {
    await live.stop();
    return live.ended;
  };
  return {
    name: part.name,
    port,
    async kill() {
      live.kill();
      await live.ended;
    },
    terminate,
    async start() {
      live = await part.start(closing.signal);
    },
    async close() {
      closing.abort();
      await terminate();
    },
  };
}
