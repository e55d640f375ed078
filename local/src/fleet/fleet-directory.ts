import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Closers } from '@marquee/chassis/process/closers';

/** Creates a directory for the processes of a drill, which `closers` remove. Postgres may run as another account. */
export async function temporaryDirectory(closers: Closers): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-fleet-'));
  closers.add({ close: () => rm(directory, { recursive: true, force: true }) });
  await chmod(directory, 0o711);
  return directory;
}
