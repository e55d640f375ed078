import { readFile } from 'node:fs/promises';
import { SettingsError } from '@marquee/chassis/config/settings';

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
