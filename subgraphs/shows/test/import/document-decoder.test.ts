import { describe, expect, test } from '@jest/globals';
import { decodeDocument } from '../../src/import/command/document-decoder.js';
import { item } from '../fixtures/shows-testbed.js';

function refusal(content: string): string {
  try {
    decodeDocument(content);
    return 'taken';
  } catch (failure) {
    return (failure as Error).message;
  }
}

describe('a document of shows', () => {
  test.each<[string, string, RegExp]>([
    ['is cut off', '{\n  "payload": [{ "slug": "show/cut", "title": "Cut" }', /unexpected end at line 2, column 53$/],
    ['has a comma too much', '{ "payload": [\n{ "slug": "show/c", },\n] }', /unexpected "}" at line 2, column 21$/],
    ['has bare words', '{ payload: [] }', /unexpected "p" at line 1, column 3$/],
    ['goes on after its end', '{ "payload": [] } x', /unexpected "x" at line 1, column 19$/],
    ['has a broken escape', '{ "payload": "\\x" }', /unexpected "\\\\" at line 1, column 15$/],
    ['has a number with a zero too much', '{ "skip": 01 }', /unexpected "1" at line 1, column 12$/],
    ['is nested without end', '['.repeat(100_000), /unexpected "\[" at line 1, column 502$/],
    ['has a very long text', `{ "payload": "${'x'.repeat(1_000_000)}`, /unexpected end at line 1, column 1000015$/],
    ['is empty', '', /unexpected end at line 1, column 1$/],
    ['is a list', '[]', /document: .*expected object/],
    ['has no payload', '{ "skip": 0 }', /payload: .*expected array/],
    ['has a payload of another kind', '{ "payload": {} }', /payload: .*expected array/],
    [
      'has a title that is no text',
      JSON.stringify({ payload: [item('a'), item('b', { title: 7 })] }),
      /payload\[1\]\.title: .*expected string/,
    ],
    [
      'has a show without slug',
      JSON.stringify({ payload: [item('a'), { title: 'x' }] }),
      /payload\[1\]\.slug: .*expected string/,
    ],
    [
      'has half an episode',
      JSON.stringify({ payload: [item('a', { episodeCount: 1.5 })] }),
      /payload\[0\]\.episodeCount: .*int/,
    ],
    [
      'has an odd season',
      JSON.stringify({ payload: [item('a', { seasons: [{ slug: 1 }] })] }),
      /payload\[0\]\.seasons\[0\]\.slug: /,
    ],
    ['has an odd count', '{ "payload": [], "take": "ten" }', /take: .*expected number/],
  ])('that %s is refused with the place', (_, content, message) => {
    expect(refusal(content)).toMatch(/^Could not decode request: /);
    expect(refusal(content)).toMatch(message);
  });

  test('that is wrong in many places is refused with ten of them', () => {
    const message = refusal(JSON.stringify({ payload: Array.from({ length: 30 }, () => ({ slug: 'show/x' })) }));
    expect(message).toContain('payload[9].title');
    expect(message).not.toContain('payload[10].title');
    expect(message).toContain('and 20 more');
  });

  test('may hold more than is known, and may begin with a byte order mark', () => {
    const payload = [{ ...item('a'), rating: 5 }];
    expect(decodeDocument(`\uFEFF${JSON.stringify({ payload, source: 'feed' })}`)).toEqual([item('a')]);
  });
});
