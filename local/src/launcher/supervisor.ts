import { setTimeout as wait } from 'node:timers/promises';
import type { RunningProcess, ManagedProcess } from './managed-process.js';

/** A part that is kept running. */
export interface SupervisedProcess {
  /** Settles when it is ready for the first time; rejects when that fails, and then it is not tried again. */
  started: Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

/** Starts in a row without a calm minute before a part is given up. */
const maxRestarts = 8;
const calm = 60_000;

/**
 * Starts a part, and starts it again when it ends unasked: after half a second at first, then twice as long each time.
 * @param say told in plain words what happens after the first start
 */
export function supervise(part: ManagedProcess, say: (line: string) => void): SupervisedProcess {
  const stopping = new AbortController();
  const current: { live?: RunningProcess } = {};
  const started = part.start(stopping.signal).then((live) => void (current.live = live));
  const watched = started.then(
    () => keepRunning(part, current, stopping.signal, say),
    () => undefined,
  );
  return {
    started,
    async stop() {
      stopping.abort();
      await started.catch(() => undefined);
      await current.live?.stop();
      await watched;
    },
    kill: () => current.live?.kill(),
  };
}

async function keepRunning(
  part: ManagedProcess,
  current: { live?: RunningProcess },
  stopping: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (let restarts = 0; ;) {
    const since = Date.now();
    const how = (await current.live?.ended) ?? 'a failed start';
    if (stopping.aborted) return;
    restarts = Date.now() - since > calm ? 1 : restarts + 1;
    if (restarts > maxRestarts) return say(`${part.name} keeps ending (${how}); it is left alone now.`);
    const seconds = 2 ** (restarts - 2);
    say(`${part.name} ended (${how}); it starts again in ${seconds} s.`);
    await wait(seconds * 1000, undefined, { signal: stopping }).catch(() => undefined);
    current.live = await restart(part, stopping, say);
  }
}

/** Nothing when it fails, or when the part is no longer wanted. */
async function restart(
  part: ManagedProcess,
  stopping: AbortSignal,
  say: (line: string) => void,
): Promise<RunningProcess | undefined> {
  const isWanted = (): boolean => !stopping.aborted;
  if (!isWanted()) return undefined;
  try {
    const live = await part.start(stopping);
    if (isWanted()) say(`${part.name} is back.`);
    else await live.stop();
    return live;
  } catch (failure) {
    if (isWanted()) say((failure as Error).message);
    return undefined;
  }
}
