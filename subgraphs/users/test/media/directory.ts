import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What media ids of this test file prove their owner with. */
export const mediaKey = randomBytes(32);

/** The environment of a service with a directory of its own for media; `remove` clears it away. */
export async function freshDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'marquee-media-'));
  const variables = {
    MEDIA_STORAGE: 'directory',
    MEDIA_DIRECTORY: directory,
    MEDIA_UPLOAD_URL: 'http://media.test/',
    MEDIA_ID_KEY: mediaKey.toString('base64'),
    MEDIA_RETRY_SECONDS: '0.01',
  };
  return { variables, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** The files below a directory, by their paths in it. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).sort();
}

/** The files below a directory for media once no upload waits there: what was judged is discarded a moment later. */
export async function filesKept(directory: string): Promise<string[]> {
  for (;;) {
    const files = await filesIn(directory);
    if (!files.some((name) => name.startsWith('incoming/'))) return files;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
