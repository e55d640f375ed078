import { isStartedByNpm } from '../config.js';

/** The launcher's request to shut down. */
export interface StopRequest {
  /** Resolves at the first signal. */
  requested: Promise<void>;
  close(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which further signals are ignored: npm forwards the terminal's Ctrl-C a second time. */
const duplicateWindow = 700;

/** Milliseconds between checks that npm still runs. */
const parentCheckInterval = 250;

/**
 * Listens for termination signals. The end of npm counts as one, because a killed npm forwards no signal.
 * @param onSecondSignal called at a second signal, before the process exits with 130
 */
export function listenForStop(onSecondSignal: () => void): StopRequest {
  let firstAt: number | undefined;
  let request = (): void => undefined;
  const requested = new Promise<void>((resolve) => (request = resolve));
  const handle = (): void => {
    if (firstAt !== undefined && Date.now() - firstAt > duplicateWindow) {
      onSecondSignal();
      process.exit(130);
    }
    firstAt ??= Date.now();
    request();
  };
  for (const signal of signals) process.on(signal, handle);
  const parentCheck = watchParent(request);
  return {
    requested,
    close() {
      clearInterval(parentCheck);
      for (const signal of signals) process.off(signal, handle);
    },
  };
}

function watchParent(onEnd: () => void): NodeJS.Timeout | undefined {
  if (!isStartedByNpm()) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) onEnd();
  }, parentCheckInterval).unref();
}
