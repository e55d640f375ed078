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

/** Bytes of a log before it moves to `NAME.log.1`, which replaces the one before. */
const limit = 8 * 1024 * 1024;

/** Milliseconds between looks at the size. */
const pause = 10_000;

/** Where a part's output goes. Children write to the descriptor themselves, so a dead launcher does not silence them. */
export interface LogFile {
  path: string;
  descriptor: number;
  write(line: string): void;
  /** The last lines since it was opened, for a person who wants to know why the part failed. */
  lastLines(count: number): string[];
  close(): void;
}

/** Opens a part's log, and keeps it bounded while it is open. */
export function openLogFile(path: string): LogFile {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > limit) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a+', 0o600);
  const from = fstatSync(descriptor).size;
  const bound = setInterval(() => {
    if (fstatSync(descriptor).size < limit) return;
    copyFileSync(path, `${path}.1`);
    ftruncateSync(descriptor);
  }, pause).unref();
  return {
    path,
    descriptor,
    write: (line) => void writeSync(descriptor, `${line}\n`),
    lastLines: (count) => tail(path, from).split('\n').slice(-count),
    close() {
      clearInterval(bound);
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
