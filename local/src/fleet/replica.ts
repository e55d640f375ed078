import type { Closable } from '@marquee/chassis/process/closers';
import type { RunningProcess, ManagedProcess } from '../launcher/managed-process.js';

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
export async function openReplica(part: ManagedProcess, port: number): Promise<Replica> {
  const closing = new AbortController();
  let live: RunningProcess = await part.start(closing.signal);
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
