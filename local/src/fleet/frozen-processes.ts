import { startWatchdog } from '../process/watchdog.js';

/** Suspended processes. */
export interface FrozenProcesses {
  /** Continues those that still exist. Idempotent. */
  resume(): void;
}

/** Suspends processes with SIGSTOP. They also continue when this process ends, so that they can notice it. */
export function freezeProcesses(pids: readonly number[]): FrozenProcesses {
  const watchdog = startWatchdog(`kill -CONT ${pids.join(' ')}`);
  for (const pid of pids) signal(pid, 'SIGSTOP');
  let isFrozen = true;
  return {
    resume() {
      if (!isFrozen) return;
      isFrozen = false;
      for (const pid of pids) signal(pid, 'SIGCONT');
      watchdog.dismiss();
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure;
  }
}
