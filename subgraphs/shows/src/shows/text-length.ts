const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The maximum number of code units of one character: a character can combine several of them, but not without limit. */
const maxUnitsPerCharacter = 20;

/** Counts user-perceived characters (grapheme clusters): an emoji or an accented letter counts as one. */
export function countCharacters(text: string): number {
  return [...segmenter.segment(text)].length;
}

/** Whether a text has at most `max` characters. */
export function hasAtMost(text: string, max: number): boolean {
  if (text.length <= max) return true;
  return text.length <= max * maxUnitsPerCharacter && countCharacters(text) <= max;
}
