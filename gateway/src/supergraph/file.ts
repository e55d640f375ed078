import { readFile, stat } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';
import type { Closable } from '@marquee/chassis/process/closers';

/** Reads the supergraph. @throws SettingsError when there is no such file, or none that may be read */
export async function readSupergraph(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new SettingsError([`SUPERGRAPH: cannot read "${path}": ${reason}`]);
  }
}

export interface WatchOptions {
  path: string;
  /** The text that is known. */
  sdl: string;
  seconds: number;
  /** Takes another text. */
  changed(sdl: string): void;
  /** The file cannot be read now. */
  failed(failure: unknown): void;
}

/**
 * Looks at a file every so many seconds. (Its system's notices do not cross every mount, and miss a file that is
 * put in the place of another.) A text counts once the file stays as it is from one look to the next.
 */
export function watchSupergraph({ path, sdl, seconds, changed, failed }: WatchOptions): Closable {
  let known = sdl;
  let [read, seen] = ['', ''];
  let looking = false;
  const timer = setInterval(() => void lookOnce(), seconds * 1000);
  timer.unref();
  return { close: () => clearInterval(timer) };

  async function lookOnce(): Promise<void> {
    if (looking) return;
    looking = true;
    await look().catch(failed);
    looking = false;
  }

  async function look(): Promise<void> {
    const { mtimeMs, size, ino } = await stat(path);
    const now = [mtimeMs, size, ino].join(' ');
    const still = now === seen;
    seen = now;
    if (!still || now === read) return;
    read = now;
    const text = await readFile(path, 'utf8');
    if (text === known) return;
    known = text;
    changed(text);
  }
}
