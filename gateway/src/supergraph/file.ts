import { readFile, stat } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { SourceAddress, SupergraphSource } from './source.js';

/**
 * A file that is looked at. (Its system's notices do not cross every mount, and miss a file that is put in the place
 * of another.) A text counts once the file stays as it is from one look to the next.
 */
export function fileSource({ variable, address: path }: SourceAddress): SupergraphSource {
  let known: string | undefined;
  let [read, seen] = ['', ''];
  return {
    name: path,
    variable,
    async read() {
      known = await readText(path, variable);
      return known;
    },
    async changed() {
      const { mtimeMs, size, ino } = await stat(path);
      const now = [mtimeMs, size, ino].join(' ');
      const still = now === seen;
      seen = now;
      if (!still || now === read) return undefined;
      read = now;
      const text = await readFile(path, 'utf8');
      if (text === known) return undefined;
      return (known = text);
    },
  };
}

async function readText(path: string, variable: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new SettingsError([`${variable}: cannot read "${path}": ${reason}`]);
  }
}
