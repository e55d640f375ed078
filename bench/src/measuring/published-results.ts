import { mkdir, readFile, writeFile } from 'node:fs/promises';

const root = new URL('../../../', import.meta.url);

/** Puts text into the README between `<!-- NAME -->` and `<!-- /NAME -->`. @throws when the marks are not there */
export async function publishTable(name: string, text: string): Promise<void> {
  const file = new URL('README.md', root);
  const known = await readFile(file, 'utf8');
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [known.indexOf(start), known.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no marks ${start} and ${end}.`);
  await writeFile(file, `${known.slice(0, from + start.length)}\n\n${text}\n\n${known.slice(to)}`);
}

/** Keeps a figure or a table in `bench/results/`. */
export async function saveResult(name: string, text: string): Promise<void> {
  const folder = new URL('bench/results/', root);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(name, folder), text);
}
