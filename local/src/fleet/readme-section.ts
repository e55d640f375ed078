import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../launcher/instance.js';

/** Replaces the text between `<!-- NAME -->` and `<!-- /NAME -->` of `local/README.md`. @throws if they are missing */
export async function publishSection(name: string, text: string): Promise<void> {
  const path = join(repositoryRoot, 'local/README.md');
  const current = await readFile(path, 'utf8');
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [current.indexOf(start), current.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`local/README.md has no markers ${start} and ${end}.`);
  await writeFile(path, `${current.slice(0, from + start.length)}\n\n${text}\n\n${current.slice(to)}`);
}
