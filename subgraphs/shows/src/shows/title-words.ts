/** Removes case, accents and surrounding white space. */
export function normalizeText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** Splits a text into runs of letters and digits. An apostrophe does not separate words. */
export function splitWords(text: string): string[] {
  return normalizeText(text)
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The words of a title, each preceded by a space, so that `contains` can match the beginning of a word. */
export function titleWords(title: string): string {
  return splitWords(title).map(wordBeginning).join('');
}

/** The substring of `titleWords` for words that begin with this text. */
export function wordBeginning(word: string): string {
  return ` ${word}`;
}
