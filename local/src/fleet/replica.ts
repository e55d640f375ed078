import type { Closable } from '@marquee/chassis/process/closers';
import type { RunningProcess, ManagedProcess } from '../launcher/managed-process.js';

/** One of several equal processes, which can be stopped and restarted at the same address. */
export interface Replica extends Closable {
  name: string;
  port: number;
  /** Stops it with SIGKILL. */
  kill(): Promise<void>;
  /** Stops it with SIGTERM. @returns the exit code or signal */
  terminate(): Promise<string>;
  /** Resolves once it is ready. @throws UserError when it does not start */
  start(): Promise<void>;
}

/** Starts a replica. @throws UserError when it does not start */
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
