/** Text without regard to case, accents and outer blanks. */
export function normalizeText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** The words of a text: runs of letters and digits. An apostrophe does not part a word. */
export function splitWords(text: string): string[] {
  return normalizeText(text)
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The words of a title, each with a blank before it, so that a word's beginning can be looked for. */
export function titleWords(title: string): string {
  return splitWords(title).map(wordBeginning).join('');
}

/** What to look for in `titleWords` to find a word that begins like this. */
export function wordBeginning(word: string): string {
  return ` ${word}`;
}
