/** Combining marks that one base character may have. */
const maxMarks = 4;

/** Bytes of UTF-8 that a text may have for each character that is allowed. No emoji has more UTF-16 code units. */
const bytesPerCharacter = 16;

/** Invisible characters that may follow one another. */
const maxInvisible = 4;

/**
 * The beginning of an emoji sequence: a keycap, the whole flag of a region, or an emoji with a variation, a skin tone or a
 * joiner. Comparing a position with Unicode's list takes about a microsecond, so it must look like a sequence first.
 */
const keycap = '[0-9#*]\\ufe0f\\u20e3';
const regionFlag = '\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}';
const variedEmoji = '[\\p{Emoji}--[\\p{Emoji_Modifier}0-9#*]](?:\\p{Emoji_Modifier}|\\u200d|\\ufe0f)';
const joinedEmoji = '[\\p{Emoji}--[\\p{Emoji_Modifier}0-9#*]](?:\\p{Emoji_Modifier}|\\ufe0f)?\\u200d\\p{Emoji}';

/** The sequences of Unicode's list of emoji (RGI): each is one character, whatever it consists of. A skin tone is a mark. */
const emojiSequence = new RegExp(`(?=${keycap}|${regionFlag}|${variedEmoji})\\p{RGI_Emoji}`, 'gv');

/** The sequences that may have more bytes than `bytesPerCharacter`: three code points have at most 12. */
const longEmojiSequence = new RegExp(`(?=${regionFlag}|${joinedEmoji})\\p{RGI_Emoji}`, 'gv');

/** Classes of characters, as they are written between brackets. */
const tags = '\\u{e0000}-\\u{e007f}';
const joiners = '\\u00ad\\u061c\\u200b-\\u200f\\u2060-\\u2064\\ufeff';
const marks = `[\\p{M}\\p{Grapheme_Extend}\\p{Emoji_Modifier}]--[\\u200c${tags}]`;

/** Characters that no text may have, in the order in which they are reported. */
const forbidden: readonly [pattern: RegExp, message: string][] = [
  [/\p{Surrogate}|\p{Noncharacter_Code_Point}/u, 'must be valid Unicode'],
  [new RegExp('[\\p{Cc}--[\\t\\n\\r]]', 'v'), 'must not contain control characters'],
  [/[\u202a-\u202e\u2066-\u206f]/u, 'must not contain characters that change the direction of the text around them'],
  [/[\ufff9-\ufffb]/u, 'must not contain annotation characters'],
];

/** Characters that only a text of several lines may have. */
const lineBreak = /[\t\n\r\u2028\u2029]/u;

/**
 * Characters that need a closer look: all that are forbidden, and those that form runs. Most texts have none, so that one
 * pass decides.
 */
const suspicious =
  '[\\p{Surrogate}\\p{Noncharacter_Code_Point}\\p{Cc}\\p{M}\\p{Grapheme_Extend}\\p{Emoji_Modifier}' +
  `\\u2028-\\u202e\\u2066-\\u206f\\ufff9-\\ufffb${joiners}${tags}]`;
const suspiciousInLine = new RegExp(suspicious, 'v');
const suspiciousInLines = new RegExp(`[${suspicious}--[\\t\\n\\r\\u2028\\u2029]]`, 'v');

/** Runs that are allowed within an emoji sequence only. */
const runs: readonly [pattern: RegExp, message: string][] = [
  [
    new RegExp(`(?:[${marks}][${joiners}]*){${maxMarks + 1}}`, 'v'),
    `must not have more than ${maxMarks} combining marks on one character`,
  ],
  [new RegExp(`[${joiners}]{${maxInvisible + 1}}|[${tags}]`, 'v'), 'must not contain hidden text'],
];

/**
 * The first problem of a text that no field may have: control characters, invalid Unicode, characters that change the
 * direction of text, hidden text and piles of combining marks. Null for a text that may be stored and shown.
 *
 * @param lines whether tabs and line breaks are allowed
 */
export function unsafeTextProblem(value: string, lines: boolean): string | null {
  if (!(lines ? suspiciousInLines : suspiciousInLine).test(value)) return null;
  for (const [pattern, message] of forbidden) if (pattern.test(value)) return message;
  if (!lines && lineBreak.test(value)) return 'must be one line';
  let withoutEmoji: string | undefined;
  for (const [pattern, message] of runs)
    if (pattern.test(value) && pattern.test((withoutEmoji ??= value.replace(emojiSequence, '.')))) return message;
  return null;
}

/**
 * Whether a text is larger than the bytes that belong to a number of characters. An emoji sequence of Unicode's list never
 * counts more than the bytes of one character, so that a text of emoji is limited by its characters only.
 */
export function exceedsBytes(value: string, maxCharacters: number): boolean {
  const max = maxBytes(maxCharacters);
  if (value.length * 3 <= max) return false;
  if (isOversized(value, maxCharacters)) return true;
  const excess = Buffer.byteLength(value) - max;
  return excess > 0 && excess > emojiExcess(value, maxCharacters);
}

/** Whether a text is longer than any text of this number of characters can be. Reads only its length. */
export function isOversized(value: string, maxCharacters: number): boolean {
  return value.length > maxCharacters * bytesPerCharacter;
}

/** Bytes of UTF-8 that a text with this number of characters may have. */
export function maxBytes(maxCharacters: number): number {
  return maxCharacters * bytesPerCharacter;
}

/** Bytes of the emoji sequences above those of one character each; 0 for more long sequences than `limit`. */
function emojiExcess(value: string, limit: number): number {
  let [count, excess] = [0, 0];
  for (const [emoji] of value.matchAll(longEmojiSequence)) {
    count += 1;
    if (count > limit) return 0;
    excess += Math.max(0, Buffer.byteLength(emoji) - bytesPerCharacter);
  }
  return excess;
}
