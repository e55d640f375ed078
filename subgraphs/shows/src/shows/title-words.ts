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

/**
 * The part of `titleWords` by which lists are sorted, which is limited as part of an index key. Letters beyond U+FFFF are all
 * last: JavaScript and DynamoDB compare them differently.
 */
export function sortedTitle(words: string): string {
  return words.replace(/[\u{10000}-\u{10FFFF}]/gu, '\uFFFD').slice(0, sortedLength);
}

/** UTF-16 code units, at most 600 bytes: a range key has up to 1024, of which a slug takes up to 200. */
const sortedLength = 200;

/** The substring of `titleWords` for words that begin with this text. */
export function wordBeginning(word: string): string {
  return ` ${word}`;
}
