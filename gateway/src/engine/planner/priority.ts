import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/** Lets other threads go before this one where there are more of them than processors. Only Linux can tell threads apart. */
export function goAfterOthers(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it, and all goes on as it does elsewhere.
  }
}
