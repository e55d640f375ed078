import { isStartedByNpm } from '../config.js';

/** How a person or the system asks the launcher to end. */
export interface StopRequest {
  /** Settles at the first signal. */
  requested: Promise<void>;
  close(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds in which a further signal is an echo of the first: a terminal's Ctrl-C also comes through npm. */
const echo = 700;

/** Milliseconds between looks whether npm is still there. */
const pause = 250;

/**
 * Listens for the signals that mean the end. The end of npm means it too: when npm is killed, it passes nothing on.
 * @param again what a second signal does, before the process exits with 130
 */
export function listenForStop(again: () => void): StopRequest {
  let firstAt: number | undefined;
  let settle = (): void => undefined;
  const asked = new Promise<void>((resolve) => (settle = resolve));
  const handle = (): void => {
    if (firstAt !== undefined && Date.now() - firstAt > echo) {
      again();
      process.exit(130);
    }
    firstAt ??= Date.now();
    settle();
  };
  for (const signal of signals) process.on(signal, handle);
  const orphaned = watchParent(settle);
  return {
    requested: asked,
    close() {
      clearInterval(orphaned);
      for (const signal of signals) process.off(signal, handle);
    },
  };
}

function watchParent(act: () => void): NodeJS.Timeout | undefined {
  if (!isStartedByNpm()) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) act();
  }, pause).unref();
}
