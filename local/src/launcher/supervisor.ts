import { backoffDelay, waitForBackoff } from '@marquee/chassis/timing/backoff';
import { killWhenHung } from './hang-detection.js';
import type { RunningProcess, ManagedProcess } from './managed-process.js';

/** A process that is restarted when it ends unexpectedly, or hangs. */
export interface SupervisedProcess {
  /** Resolves once the first start succeeds. Rejects if it fails; it is not retried then. */
  started: Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

/** Restarts in a row after which a process is given up. */
const maxRestarts = 8;

/** The delays before restarts: 0.5 s, and twice as long each further time. */
const backoff = { baseMs: 500, jitter: 'none' } as const;

/** Milliseconds of uptime after which the count of restarts begins again. */
const stableUptime = 60_000;

/**
 * Starts a process and restarts it when it ends unexpectedly, or hangs.
 * @param report receives a line for the user about each later event
 */
export function supervise(managed: ManagedProcess, report: (line: string) => void): SupervisedProcess {
  const stopping = new AbortController();
  const current: { running?: RunningProcess } = {};
  const started = managed.start(stopping.signal).then((running) => void (current.running = running));
  const watched = started.then(
    () => keepRunning(managed, current, stopping.signal, report),
    () => undefined,
  );
  return {
    started,
    async stop() {
      stopping.abort();
      await started.catch(() => undefined);
      await current.running?.stop();
      await watched;
    },
    kill: () => current.running?.kill(),
  };
}

async function keepRunning(
  managed: ManagedProcess,
  current: { running?: RunningProcess },
  stopping: AbortSignal,
  report: (line: string) => void,
): Promise<void> {
  for (let restarts = 0; ;) {
    const since = Date.now();
    if (current.running) void killWhenHung(managed.name, current.running, report, stopping);
    const reason = (await current.running?.ended) ?? 'the start failed';
    if (stopping.aborted) return;
    restarts = Date.now() - since > stableUptime ? 1 : restarts + 1;
    if (restarts > maxRestarts)
      return report(`${managed.name} keeps ending (${reason}); it will not be restarted again.`);
    report(`${managed.name} ended (${reason}); restarting in ${backoffDelay(restarts, backoff) / 1000} s.`);
    await waitForBackoff(restarts, backoff, stopping);
    current.running = await restart(managed, stopping, report);
  }
}

/** Returns undefined if the start fails or the supervisor is stopping. */
async function restart(
  managed: ManagedProcess,
  stopping: AbortSignal,
  report: (line: string) => void,
): Promise<RunningProcess | undefined> {
  const isWanted = (): boolean => !stopping.aborted;
  if (!isWanted()) return undefined;
  try {
    const running = await managed.start(stopping);
    if (isWanted()) report(`${managed.name} is running again.`);
    else await running.stop();
    return running;
  } catch (failure) {
    if (isWanted()) report((failure as Error).message);
    return undefined;
  }
}
