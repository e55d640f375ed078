import { describe, expect, test } from '@jest/globals';
import { decodeDocument } from '../../src/import/command/document-decoder.js';
import { item } from '../fixtures/shows-testbed.js';

function errorOf(content: string): string {
  try {
    decodeDocument(content);
    return 'accepted';
  } catch (failure) {
    return (failure as Error).message;
  }
}

describe('decodeDocument', () => {
  test.each<[string, string, RegExp]>([
    ['is truncated', '{\n  "payload": [{ "slug": "show/cut", "title": "Cut" }', /unexpected end at line 2, column 53$/],
    ['has a trailing comma', '{ "payload": [\n{ "slug": "show/c", },\n] }', /unexpected "}" at line 2, column 21$/],
    ['has unquoted keys', '{ payload: [] }', /unexpected "p" at line 1, column 3$/],
    ['continues after its end', '{ "payload": [] } x', /unexpected "x" at line 1, column 19$/],
    ['has an invalid escape', '{ "payload": "\\x" }', /unexpected "\\\\" at line 1, column 15$/],
    ['has a number with a leading zero', '{ "skip": 01 }', /unexpected "1" at line 1, column 12$/],
    ['is nested too deeply', '['.repeat(100_000), /unexpected "\[" at line 1, column 502$/],
    [
      'has an unterminated long string',
      `{ "payload": "${'x'.repeat(1_000_000)}`,
      /unexpected end at line 1, column 1000015$/,
    ],
    ['is empty', '', /unexpected end at line 1, column 1$/],
    ['is a list', '[]', /document: .*expected object/],
    ['has no payload', '{ "skip": 0 }', /payload: .*expected array/],
    ['has a payload that is not an array', '{ "payload": {} }', /payload: .*expected array/],
    [
      'has a title that is not a string',
      JSON.stringify({ payload: [item('a'), item('b', { title: 7 })] }),
      /payload\[1\]\.title: .*expected string/,
    ],
    [
      'has a show without a slug',
      JSON.stringify({ payload: [item('a'), { title: 'x' }] }),
      /payload\[1\]\.slug: .*expected string/,
    ],
    [
      'has a fractional episode count',
      JSON.stringify({ payload: [item('a', { episodeCount: 1.5 })] }),
      /payload\[0\]\.episodeCount: .*int/,
    ],
    [
      'has a season with an invalid slug',
      JSON.stringify({ payload: [item('a', { seasons: [{ slug: 1 }] })] }),
      /payload\[0\]\.seasons\[0\]\.slug: /,
    ],
    ['has an invalid count', '{ "payload": [], "take": "ten" }', /take: .*expected number/],
  ])('rejects a document that %s, with the position', (_, content, message) => {
    expect(errorOf(content)).toMatch(/^Could not decode request: /);
    expect(errorOf(content)).toMatch(message);
  });

  test('reports at most ten problems', () => {
    const message = errorOf(JSON.stringify({ payload: Array.from({ length: 30 }, () => ({ slug: 'show/x' })) }));
    expect(message).toContain('payload[9].title');
    expect(message).not.toContain('payload[10].title');
    expect(message).toContain('and 20 more');
  });

  test('ignores unknown properties and a byte order mark', () => {
    const payload = [{ ...item('a'), rating: 5 }];
    expect(decodeDocument(`\uFEFF${JSON.stringify({ payload, source: 'feed' })}`)).toEqual([item('a')]);
  });
});
