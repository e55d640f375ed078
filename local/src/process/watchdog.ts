import { spawn } from 'node:child_process';

/** A process that cleans up after this one. */
export interface Watchdog {
  /** Ends it without running its command. */
  dismiss(): void;
}

/**
 * Runs a shell command when this process ends without dismissing the watchdog, even when it is killed. The watchdog reads
 * from a pipe whose other end the kernel closes at that point.
 */
export function startWatchdog(command: string): Watchdog {
  const watchdog = spawn('/bin/sh', ['-c', `read -r order; [ "$order" = dismissed ] || { ${command}; }`], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as typeof watchdog.stdin & { unref(): void }).unref();
  return { dismiss: () => void watchdog.stdin.end('dismissed\n') };
}
