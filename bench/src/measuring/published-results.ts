import { mkdir, readFile, writeFile } from 'node:fs/promises';

const root = new URL('../../../', import.meta.url);

/**
 * Replaces the text between `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown file.
 * @param file path relative to the root of the repository
 * @throws when the markers are missing
 */
export async function publishTable(name: string, text: string, file = 'bench/README.md'): Promise<void> {
  const url = new URL(file, root);
  const current = await readFile(url, 'utf8');
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [current.indexOf(start), current.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no markers ${start} and ${end}.`);
  await writeFile(url, `${current.slice(0, from + start.length)}\n\n${text}\n\n${current.slice(to)}`);
}

/** Writes a table or a chart to `bench/results/`. */
export async function saveResult(name: string, text: string): Promise<void> {
  const folder = new URL('bench/results/', root);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(name, folder), text);
}
