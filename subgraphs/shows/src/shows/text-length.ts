const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One character that people see may be made of many code units, but not of any number. */
const unitsOfCharacter = 20;

/** The characters of a text as people count them: an emoji or an accented letter is one, whatever it is made of. */
export function countCharacters(text: string): number {
  return [...segmenter.segment(text)].length;
}

/** Whether a text has at most so many characters. */
export function hasAtMost(text: string, most: number): boolean {
  if (text.length <= most) return true;
  return text.length <= most * unitsOfCharacter && countCharacters(text) <= most;
}
