import type { Closable } from '@marquee/chassis/process/closers';
import type { RunningProcess, ManagedProcess } from '../launcher/managed-process.js';
import { freezeProcesses, type FrozenProcesses } from './frozen-processes.js';

/** A process of a drill, which can be stopped and restarted at the same address. */
export interface StoppableProcess {
  name: string;
  /** Stops it with SIGKILL. */
  kill(): Promise<void>;
  /** Resolves once it is ready. @throws UserError when it does not start */
  start(): Promise<void>;
  /** Suspends it with SIGSTOP: its sockets stay open, and nothing answers. */
  freeze(): void;
  /** Continues it after `freeze`. */
  resume(): void;
}

/** One of several equal processes of a service. */
export interface Replica extends StoppableProcess, Closable {
  port: number;
  /** The process id, which changes with each start. */
  pid(): number | undefined;
  /** Stops it with SIGTERM. @returns the exit code or signal */
  terminate(): Promise<string>;
}

/** Starts a replica. @throws UserError when it does not start */
export async function openReplica(part: ManagedProcess, port: number): Promise<Replica> {
  const closing = new AbortController();
  let live: RunningProcess = await part.start(closing.signal);
  let frozen: FrozenProcesses | undefined;
  const terminate = async () => {
    await live.stop();
    return live.ended;
  };
  return {
    name: part.name,
    port,
    pid: () => live.pid,
    freeze: () => void (frozen = freezeProcesses(live.pid === undefined ? [] : [live.pid])),
    resume: () => frozen?.resume(),
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
      frozen?.resume();
      await terminate();
    },
  };
}
