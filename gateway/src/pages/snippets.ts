import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program for one kind of reader, which the landing page shows. */
export interface Snippet {
  /** The file name without its ending. */
  name: string;
  title: string;
  /** The first comment of the file. */
  description: string;
  code: string;
}

/** The readers, by the names of their files. */
const titles = {
  'front-end': 'Front-end teams',
  partners: 'Partners',
  'real-time': 'Real-time clients',
  'service-teams': 'Service teams',
} as const;

/** Reads the programs in the directory of examples. One that does not exist is left out. */
export async function openSnippets(directory: string | undefined): Promise<readonly Snippet[]> {
  if (directory === undefined) return [];
  const found = await Promise.all(
    Object.entries(titles).map(async ([name, title]) => {
      const text = await readFile(join(directory, 'snippets', `${name}.mjs`), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : snippetOf(name, title, text);
    }),
  );
  return found.filter((snippet) => snippet !== undefined);
}

function snippetOf(name: string, title: string, text: string): Snippet {
  const [comment = ''] = /^(?:\/\/.*\n)+/.exec(text) ?? [];
  const description = comment
    .replace(/^\/\/\s*/gm, '')
    .trim()
    .replace(/\s+/g, ' ');
  return { name, title, description, code: text.slice(comment.length).trim() };
}
