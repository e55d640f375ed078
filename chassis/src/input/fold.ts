/**
 * Normalises a name for searching: without accents, in lower case, with single blanks, and at most 200 characters long,
 * which fits every index.
 */
export function fold(value: string): string {
  return value
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
