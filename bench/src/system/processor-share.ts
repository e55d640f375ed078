import type { Closable } from '@marquee/chassis/process/closers';

/** Milliseconds of one turn, in which processes run and then wait. */
const turnMs = 50;

/**
 * Limits processes to a part of one CPU: they are suspended for the rest of each turn.
 * @param pids the processes at this moment, since they may be replaced; 0 for none
 * @param share from 0 to 1; 1 for no limit
 */
export function limitProcessors(pids: () => readonly number[], share: number): Closable {
  if (share >= 1) return { close: () => undefined };
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => pids().forEach((pid) => signalProcess(pid, name));
  let suspend: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    signal('SIGCONT');
    suspend = setTimeout(() => signal('SIGSTOP'), turnMs * share);
  }, turnMs);
  return {
    close() {
      clearInterval(timer);
      clearTimeout(suspend);
      signal('SIGCONT');
    },
  };
}

function signalProcess(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    if (pid > 0) process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
