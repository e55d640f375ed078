import { html, type Html } from './html.js';

const tokens =
  /(?<comment>#.*)|(?<string>"[^"]*")|(?<keyword>\b(?:query|mutation|subscription|on)\b)|(?<variable>\$\w+)|(?<type>\b[A-Z]\w*)/g;

/** Highlights the syntax of an operation. */
export function highlighted(text: string): Html[] {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    const [kind] = Object.entries<string | undefined>(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [
      'plain',
    ];
    parts.push(html`${text.slice(end, match.index)}<span class="${kind}">${match[0]}</span>`);
    end = match.index + match[0].length;
  }
  return [...parts, html`${text.slice(end)}`];
}
