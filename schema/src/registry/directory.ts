import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RegistryStore } from './store.js';

/** A registry in a directory, with one file per key. The embedded run uses it. */
export function directoryStore(directory: string): RegistryStore {
  return {
    read: (key) => readFile(join(directory, key), 'utf8').catch(undefinedIfMissing),
    async create(key, text) {
      const draft = await writeDraft(directory, key, text);
      // Linking is atomic: the file appears complete, and an existing file is not replaced.
      const isNew = await link(draft, join(directory, key)).then(() => true, falseIfExists);
      await rm(draft);
      return isNew;
    },
    async replace(key, text) {
      await rename(await writeDraft(directory, key, text), join(directory, key));
    },
    async list(prefix) {
      const folder = dirname(`${prefix}x`);
      const names = await readdir(join(directory, folder)).catch(undefinedIfMissing);
      const keys = (names ?? []).filter((name) => !name.startsWith('.')).map((name) => `${folder}/${name}`);
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },
  };
}

async function writeDraft(directory: string, key: string, text: string): Promise<string> {
  const folder = join(directory, dirname(key));
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${randomUUID()}`);
  await writeFile(draft, text, { flush: true });
  return draft;
}

function undefinedIfMissing(failure: NodeJS.ErrnoException): undefined {
  if (failure.code !== 'ENOENT') throw failure;
}

function falseIfExists(failure: NodeJS.ErrnoException): false {
  if (failure.code !== 'EEXIST') throw failure;
  return false;
}
