import { spawn } from 'node:child_process';

/** Waits beside this process for its end. */
export interface Watchdog {
  /** Sends it home: nothing is left to clean up. */
  dismiss(): void;
}

/**
 * Runs a shell command when this process ends without having dismissed the warden, even when it is killed:
 * the warden reads a pipe whose other end the system closes then.
 */
export function startWatchdog(command: string): Watchdog {
  const warden = spawn('/bin/sh', ['-c', `read -r order; [ "$order" = dismissed ] || { ${command}; }`], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  warden.on('error', () => undefined);
  warden.stdin.on('error', () => undefined);
  warden.unref();
  (warden.stdin as typeof warden.stdin & { unref(): void }).unref();
  return { dismiss: () => void warden.stdin.end('dismissed\n') };
}
