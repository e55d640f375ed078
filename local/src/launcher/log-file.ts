import {
  closeSync,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';

/** Bytes after which a log is moved to `NAME.log.1`, replacing the previous one. */
const maxBytes = 8 * 1024 * 1024;

/** Milliseconds between checks of the size. */
const checkInterval = 10_000;

/** The log of a process. Child processes write to the descriptor directly, so that they can log without the launcher. */
export interface LogFile {
  path: string;
  descriptor: number;
  /** Does nothing once the log is closed. */
  write(line: string): void;
  /** The last lines that were written since the log was opened. */
  lastLines(count: number): string[];
  close(): void;
}

/** Opens a log and limits its size while it is open. */
export function openLogFile(path: string): LogFile {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a+', 0o600);
  const from = fstatSync(descriptor).size;
  const rotation = setInterval(() => {
    if (fstatSync(descriptor).size < maxBytes) return;
    copyFileSync(path, `${path}.1`);
    ftruncateSync(descriptor);
  }, checkInterval).unref();
  let isOpen = true;
  return {
    path,
    descriptor,
    write: (line) => void (isOpen && writeSync(descriptor, `${line}\n`)),
    lastLines: (count) => tail(path, from).split('\n').slice(-count),
    close() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(rotation);
      closeSync(descriptor);
    },
  };
}

function tail(path: string, from: number): string {
  const descriptor = openSync(path, 'r');
  try {
    const end = fstatSync(descriptor).size;
    const bytes = Buffer.alloc(Math.min(end - Math.min(from, end), 16 * 1024));
    readSync(descriptor, bytes, 0, bytes.length, end - bytes.length);
    return bytes.toString('utf8').trimEnd();
  } finally {
    closeSync(descriptor);
  }
}
