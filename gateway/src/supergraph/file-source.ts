import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { SourceAddress, SupergraphSource } from './supergraph-source.js';

/**
 * A file that is polled, because file system events do not cross all mounts and miss the replacement of a file by
 * another. A changed file is read once it has stayed the same between two polls, so that it is not half written. The last
 * supergraph that was served is kept in a copy beside it, for starts at which the file itself is broken.
 */
export function fileSource({ variable, address: path }: SourceAddress): SupergraphSource {
  let lastText: string | undefined;
  let [lastRead, lastSeen] = ['', ''];
  const copy = `${path}.last-good`;
  return {
    name: path,
    variable,
    async read() {
      lastText = await readText(path, variable);
      return lastText;
    },
    async changed() {
      const { mtimeMs, size, ino } = await stat(path);
      const version = [mtimeMs, size, ino].join(' ');
      const isStable = version === lastSeen;
      lastSeen = version;
      if (!isStable || version === lastRead) return undefined;
      lastRead = version;
      const text = await readFile(path, 'utf8');
      if (text === lastText) return undefined;
      return (lastText = text);
    },
    async *earlier() {
      const sdl = await readFile(copy, 'utf8').catch(() => undefined);
      if (sdl !== undefined) yield { name: copy, sdl };
    },
    keep: (sdl) => replaceFile(copy, sdl),
  };
}

async function readText(path: string, variable: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'the file does not exist' : message;
    throw new SettingsError([`${variable}: cannot read "${path}": ${reason}`]);
  }
}

/** Replaces a file at once: several replicas may do so at the same time, and a process may end in between. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}
