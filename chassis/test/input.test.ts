import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { invalidTransition, withoutSuggestion } from '@marquee/chassis/errors/errors';
import { fold } from '@marquee/chassis/input/fold';
import { exceedsCharacters } from '@marquee/chassis/input/character-count';
import { boundedList, multilineText, validateInput, text } from '@marquee/chassis/input/text';

function problems(schema: z.ZodType, value: unknown): unknown {
  try {
    return validateInput(schema, value);
  } catch (failure) {
    return (failure as { extensions: { fields: unknown } }).extensions.fields;
  }
}

describe('text', () => {
  test('is trimmed and measured in grapheme clusters', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(validateInput(text(1, 2), `  ${family}${family} `)).toBe(family + family);
    expect(problems(text(1, 2), family.repeat(3))).toEqual([
      { path: 'input', message: 'must have at most 2 characters' },
    ]);
  });

  test('must contain a visible character if it is required', () => {
    expect(validateInput(text(0, 5), '  ')).toBe('');
    for (const blank of ['', '   ', '\u200b'])
      expect(problems(text(1, 5), blank)).toEqual([{ path: 'input', message: 'must have at least 1 characters' }]);
  });

  test('must not contain control characters', () => {
    expect(problems(text(0, 5), 'a\u0000b')).toEqual([
      { path: 'input', message: 'must not contain control characters' },
    ]);
  });

  test('may have tabs and line breaks if it has several lines', () => {
    expect(validateInput(multilineText(0, 5), 'a\n\tb')).toBe('a\n\tb');
    for (const lineBreak of ['\n', '\t', '\r', '\u2028'])
      expect(problems(text(0, 5), `a${lineBreak}b`)).toEqual([{ path: 'input', message: 'must be one line' }]);
  });

  test('has at most 16 bytes for each character that is allowed', () => {
    expect(validateInput(text(0, 2), '\u{20000}\u{e0100}\u{e0100}\u{e0100}x')).toHaveLength(9);
    expect(problems(text(0, 2), '\u{20000}\u{e0100}\u{e0100}\u{e0100}\u{e0100}'.repeat(2))).toEqual([
      { path: 'input', message: 'must have at most 32 bytes' },
    ]);
  });

  test('is refused by its length alone if it is far too long', () => {
    expect(problems(text(0, 5), `a${'\u0301'.repeat(1000)}`)).toEqual([
      { path: 'input', message: 'must have at most 5 characters' },
    ]);
  });

  test.each([
    ['Thai', 'ที่นี่มีน้ำใจ'],
    ['Devanagari', 'क्षत्रियों की र्ज्ञाँ'],
    ['Arabic with harakat', 'بِسْمِ اللَّهِ الرَّحْمَٰنِ الرَّحِيمِ'],
    ['Hebrew with niqqud and cantillation', 'בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים'],
    ['decomposed Vietnamese', 'Việt Nam ở đường phố'.normalize('NFD')],
    ['Hangul jamo', '한국어'.normalize('NFD')],
    ['Tibetan stacks', 'བསྒྲུབས་ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ'],
    ['Tamil and Malayalam', 'ஸ்ரீ ക്ഷ്മി'],
    ['Persian with a non-joiner', 'می\u200cخواهم'],
    ['Khmer with zero-width spaces', 'ខ្ញុំ\u200bស្រឡាញ់'],
    ['marks of direction', 'שלום\u200f, world\u200e!'],
    ['emoji', '👨‍👩‍👧‍👦👩🏻‍❤️‍💋‍👨🏿🇩🇪1️⃣👍🏽🏴󠁧󠁢󠁥󠁮󠁧󠁿❤️🏳️‍🌈'],
  ])('may be %s', (_, words) => {
    expect(validateInput(text(1, 60), words)).toBe(words);
  });

  test.each([
    ['the longest emoji', '👩🏻‍❤️‍💋‍👨🏿'],
    ['a keycap', '1️⃣'],
    ['a skin tone', '👍🏽'],
    ['a variation', '❤️'],
    ['a joined heart', '❤️‍🔥'],
    ['an eye in a bubble', '👁️‍🗨️'],
    ['two people with skin tones', '🧑🏻‍🤝‍🧑🏼'],
    ['the flag of a country', '🇩🇪'],
    ['the flag of a region', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ])('counts %s as one character of any number of bytes', (_, emoji) => {
    expect(validateInput(text(1, 500), emoji.repeat(500))).toBe(emoji.repeat(500));
    expect(problems(text(1, 500), emoji.repeat(501))).toEqual([
      { path: 'input', message: 'must have at most 500 characters' },
    ]);
  });

  test.each([
    ['NUL', 'a\u0000b', 'must not contain control characters'],
    ['a C1 control', 'a\u0085b', 'must not contain control characters'],
    ['a lone surrogate', 'a\ud83db', 'must be valid Unicode'],
    ['a noncharacter', 'a\ufffeb', 'must be valid Unicode'],
    ['an override', 'a\u202eb', 'must not contain characters that change the direction of the text around them'],
    ['an embedding', 'a\u202ab', 'must not contain characters that change the direction of the text around them'],
    ['an isolate', 'a\u2067b', 'must not contain characters that change the direction of the text around them'],
    ['tag characters', `a${'\u{e0061}'.repeat(3)}b`, 'must not contain hidden text'],
    ['a flag without an end', '🏴\u{e0067}\u{e0062}'.repeat(9), 'must not contain hidden text'],
    ['a flag of no region', '🏴\u{e0078}\u{e0078}\u{e0078}\u{e007f}', 'must not contain hidden text'],
    ['invisible characters', `a${'\u200b\u2060'.repeat(3)}b`, 'must not contain hidden text'],
    ['piles of skin tones', `👍${'🏽'.repeat(6)}`, 'must not have more than 4 combining marks on one character'],
    ['five marks', `a${'\u0301'.repeat(5)}`, 'must not have more than 4 combining marks on one character'],
    [
      'marks between joiners',
      `a${'\u0301\u200d'.repeat(5)}`,
      'must not have more than 4 combining marks on one character',
    ],
    ['marks on an emoji', `👨‍👩‍👧‍👦${'\u0301'.repeat(5)}`, 'must not have more than 4 combining marks on one character'],
  ])('must not contain %s', (_, hostile, message) => {
    expect(problems(text(0, 100), hostile)).toEqual([{ path: 'input', message }]);
    expect(problems(multilineText(0, 100), hostile)).toEqual([{ path: 'input', message }]);
  });

  test('may have four marks on one character', () => {
    expect(validateInput(text(1, 1), `a${'\u0301'.repeat(4)}`)).toHaveLength(5);
  });
});

describe('the characters of a text', () => {
  test.each([
    ['letters', 'a', 1000],
    ['families across slices', '👨‍👩‍👧‍👦', 400],
    ['flags across slices', '🇩🇪', 600],
    ['skin tones across slices', 'a👍🏽'.slice(1), 500],
    ['decomposed letters across slices', 'e\u0301\u0323', 700],
    ['jamo across slices', '\u1112\u1161\u11ab', 700],
  ])('are the same as those of one segmentation: %s', (_, character, count) => {
    for (const offset of ['', 'x', 'xy']) {
      const value = offset + character.repeat(count);
      expect(exceedsCharacters(value, offset.length + count)).toBe(false);
      expect(exceedsCharacters(value, offset.length + count - 1)).toBe(true);
    }
  });

  test('are read in slices, and not beyond the limit', () => {
    const lengths = segmentedLengths(() => expect(exceedsCharacters('é'.repeat(1_000_000), 1000)).toBe(true));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(256);
    expect(lengths.length).toBeLessThanOrEqual(5);
  });

  test('are not segmented if the length decides, nor in ASCII', () => {
    const lengths = segmentedLengths(() => {
      expect(exceedsCharacters('é\u0301'.repeat(500), 1000)).toBe(false);
      expect(exceedsCharacters('a\r\n'.repeat(500), 1000)).toBe(false);
      expect(exceedsCharacters('a\r\n'.repeat(500), 999)).toBe(true);
      expect(exceedsCharacters('a\n\r'.repeat(500), 1499)).toBe(true);
    });
    expect(lengths).toEqual([]);
  });
});

/** The lengths of the texts that are segmented meanwhile. */
function segmentedLengths(run: () => void): number[] {
  const lengths: number[] = [];
  const { segment } = Intl.Segmenter.prototype;
  Intl.Segmenter.prototype.segment = function count(this: Intl.Segmenter, value: string) {
    lengths.push(value.length);
    return segment.call(this, value);
  };
  try {
    run();
  } finally {
    Intl.Segmenter.prototype.segment = segment;
  }
  return lengths;
}

test('validateInput reports every problem with its path', () => {
  const schema = z.object({ name: text(1, 3), links: z.array(z.object({ label: text(1, 3) })) });
  expect(problems(schema, { name: '', links: [{ label: 'ok' }, { label: 'long' }] })).toEqual([
    { path: 'input.name', message: 'must have at least 1 characters' },
    { path: 'input.links.1.label', message: 'must have at most 3 characters' },
  ]);
});

test('a list that is too long is refused before its entries are checked', () => {
  let checked = 0;
  const entry = z.string().refine(() => (checked += 1) > 0);
  expect(problems(boundedList(entry, 2), ['a', 'b', 'c'])).toEqual([
    { path: 'input', message: 'must have at most 2 entries' },
  ]);
  expect(checked).toBe(0);
  expect(validateInput(boundedList(entry, 2), ['a', 'b'])).toEqual(['a', 'b']);
  expect(problems(boundedList(text(1, 3), 2), ['a', ''])).toEqual([
    { path: 'input.1', message: 'must have at least 1 characters' },
  ]);
  expect(problems(boundedList(entry, 2), 'a')).toEqual([expect.objectContaining({ path: 'input' })]);
});

test('fold removes accents, capitals and repeated blanks', () => {
  expect(fold('  Émile   ZOË\tŽižek ')).toBe('emile zoe zizek');
});

test('invalidTransition lists the valid actions, if any', () => {
  const { message, extensions } = invalidTransition('job', 'CLOSED', 'APPROVE', ['REOPEN', 'ARCHIVE']);
  expect(message).toBe('You cannot APPROVE a job that is CLOSED; you can: REOPEN, ARCHIVE.');
  expect(extensions).toEqual({
    code: 'INVALID_TRANSITION',
    from: 'CLOSED',
    action: 'APPROVE',
    validActions: ['REOPEN', 'ARCHIVE'],
  });
  expect(invalidTransition('job', 'CLOSED', 'APPROVE', []).message).toBe('You cannot APPROVE a job that is CLOSED.');
});

test('removes a suggestion in linear time', () => {
  expect(withoutSuggestion('Unknown field "postz". Did you mean "posts"?')).toBe('Unknown field "postz".');
  expect(withoutSuggestion('Invalid value "Did you mean x".')).toBe('Invalid value "Did you mean x".');
  // A quadratic one takes 64 times as long for a message of eight times the length.
  for (const end of ['', '?']) expect(quickestMs(64_000, end) / quickestMs(8_000, end)).toBeLessThan(32);
});

/** The least time for a message that repeats the beginning of a suggestion: other work disturbs some of the runs only. */
function quickestMs(length: number, end: string): number {
  const message = `${'Did you mean '.repeat(length / 10)} ${'Did you mea '.repeat(length / 10)}${end}`;
  const times = Array.from({ length: 40 }, () => {
    const start = performance.now();
    withoutSuggestion(message);
    return performance.now() - start;
  });
  // Shorter times are below the resolution of the clock.
  return Math.max(Math.min(...times), 0.001);
}
