import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { invalidTransition } from '@marquee/chassis/errors/errors';
import { fold } from '@marquee/chassis/input/fold';
import { validateInput, text } from '@marquee/chassis/input/text';

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
    expect(validateInput(text(0, 5), 'a\n\tb')).toBe('a\n\tb');
  });

  test('limits the combining marks of one letter', () => {
    expect(problems(text(0, 5), `a${'\u0301'.repeat(1000)}`)).toEqual([
      { path: 'input', message: 'must have at most 5 characters' },
    ]);
  });
});

test('validateInput reports every problem with its path', () => {
  const schema = z.object({ name: text(1, 3), links: z.array(z.object({ label: text(1, 3) })) });
  expect(problems(schema, { name: '', links: [{ label: 'ok' }, { label: 'long' }] })).toEqual([
    { path: 'input.name', message: 'must have at least 1 characters' },
    { path: 'input.links.1.label', message: 'must have at most 3 characters' },
  ]);
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
