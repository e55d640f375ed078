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

describe('a text', () => {
  test('is trimmed and counted as people see it', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(validateInput(text(1, 2), `  ${family}${family} `)).toBe(family + family);
    expect(problems(text(1, 2), family.repeat(3))).toEqual([
      { path: 'input', message: 'must have at most 2 characters' },
    ]);
  });

  test('has to show something where it has to be there', () => {
    expect(validateInput(text(0, 5), '  ')).toBe('');
    for (const blank of ['', '   ', '\u200b'])
      expect(problems(text(1, 5), blank)).toEqual([{ path: 'input', message: 'must have at least 1 characters' }]);
  });

  test('holds no control characters', () => {
    expect(problems(text(0, 5), 'a\u0000b')).toEqual([{ path: 'input', message: 'must not hold control characters' }]);
    expect(validateInput(text(0, 5), 'a\n\tb')).toBe('a\n\tb');
  });

  test('does not hide how long it is behind endless marks on one letter', () => {
    expect(problems(text(0, 5), `a${'\u0301'.repeat(1000)}`)).toEqual([
      { path: 'input', message: 'must have at most 5 characters' },
    ]);
  });
});

test('an input is refused with every problem, each at its path', () => {
  const schema = z.object({ name: text(1, 3), links: z.array(z.object({ label: text(1, 3) })) });
  expect(problems(schema, { name: '', links: [{ label: 'ok' }, { label: 'long' }] })).toEqual([
    { path: 'input.name', message: 'must have at least 1 characters' },
    { path: 'input.links.1.label', message: 'must have at most 3 characters' },
  ]);
});

test('a folded name has no accents, no capitals and single blanks', () => {
  expect(fold('  Émile   ZOË\tŽižek ')).toBe('emile zoe zizek');
});

test('a refused transition says what can be done instead, if anything', () => {
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
