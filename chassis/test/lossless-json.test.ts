import { describe, expect, test } from '@jest/globals';
import { losslessJson, markedNumber } from '@marquee/chassis/json/lossless-json';

function parseLossless(text: string): unknown {
  return JSON.parse(losslessJson.decode(text));
}

function stringifyLossless(value: unknown): string {
  return losslessJson.encode(JSON.stringify(value));
}

describe('JSON passes without loss', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '{"id":12345678901234567890,"name":"12345678901234567890"}',
    '[0.12345678901234567,1e400,-1E-400,1.00000000000000000001]',
    '{"text":"a \\"12345678901234567890\\" \\\\","n":18446744073709551615}',
    '{"12345678901234567890":[12345678901234567890,[12345678901234567890]]}',
  ])('%s', (text) => {
    expect(stringifyLossless(parseLossless(text))).toBe(text);
  });
});

test('numbers that JavaScript holds are numbers', () => {
  expect(parseLossless('[0.30000000000000004,9007199254740991,1e21,123456789012345]')).toEqual([
    0.30000000000000004, 9007199254740991, 1e21, 123456789012345,
  ]);
});

test('the digits of other numbers can be read', () => {
  const { id, name } = parseLossless('{"id":12345678901234567890,"name":"12345678901234567890"}') as Record<
    string,
    string
  >;
  expect(markedNumber(id)).toBe('12345678901234567890');
  expect(markedNumber(name)).toBeUndefined();
});

test.each(['12345678901234567890x', '012345678901234567890', '"12345678901234567890', '[12345678901234567890', ''])(
  'rejects invalid JSON: %s',
  (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  },
);

test('a number in a string that contains JSON is written as a number there', () => {
  const query = `{ find(id: ${JSON.stringify(parseLossless('12345678901234567890'))}) }`;
  expect(stringifyLossless({ query })).toBe('{"query":"{ find(id: 12345678901234567890) }"}');
});

test('text that is not JSON takes no longer than JSON', () => {
  const unterminated = `"${'\\"'.repeat(500_000)}1234567890123456`;
  expect(losslessJson.decode(unterminated)).toBe(unterminated);
});
