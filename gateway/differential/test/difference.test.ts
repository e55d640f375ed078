import { describe, expect, test } from '@jest/globals';
import { differenceOf } from '../src/difference.js';
import type { Outcome, ToldError } from '../src/outcome.js';

const data = { shows: [null, { title: null, openJobs: 3 }] };
const missing: ToldError = {
  message: 'Cannot return null for that.',
  path: ['shows', 0, 'slug'],
  code: 'INVALID_GRAPHQL',
};
const below: ToldError = {
  message: 'Invalid value found for that.',
  path: ['shows', 0, 'host', 'id'],
  code: 'INVALID_GRAPHQL',
};
const there: ToldError = {
  message: 'Invalid value found for that.',
  path: ['shows', 1, 'title'],
  code: 'INVALID_GRAPHQL',
};

const refused: ToldError = { message: 'refused: jobs Show:1', path: ['shows', 1], code: undefined };

function outcome(...errors: ToldError[]): Outcome {
  return { data, errors, fetches: [] };
}

describe('of what is wrong below a null', () => {
  test('either may tell more, once both have told something', () => {
    expect(differenceOf(outcome(missing), outcome(missing, below))).toBeUndefined();
    expect(differenceOf(outcome(missing, below), outcome(missing))).toBeUndefined();
  });

  test('both have to tell something', () => {
    expect(differenceOf(outcome(missing), outcome())).toBe('errors');
    expect(differenceOf(outcome(missing), outcome(below))).toBe('errors');
  });

  test('what a subgraph tells counts', () => {
    const failed = { ...below, message: 'Refused.' };
    expect(differenceOf(outcome(missing, failed), outcome(missing))).toBe('errors');
  });
});

test('what is wrong elsewhere counts, a null that is there above all', () => {
  expect(differenceOf(outcome(missing, there), outcome(missing))).toBe('errors');
  expect(differenceOf(outcome(missing), outcome(missing, there))).toBe('errors');
});

describe('an error of another entity than the stock executor tells it of', () => {
  const all = { shows: [{ openJobs: 1 }, { openJobs: 2 }, { openJobs: 3 }] };
  const other = { ...refused, path: ['shows', 0] };
  const compared = (service: string, count: number) => {
    const fetches = [`${service} query {}${' {"__typename":"Show","slug":"one"}'.repeat(count)}`];
    return differenceOf({ data: all, errors: [other], fetches }, { data: all, errors: [refused], fetches });
  };

  test('is right where its subgraph could not be asked about all of them', () => {
    expect(compared('jobs', 2)).toBeUndefined();
  });

  test('is wrong where it could, or where that was another subgraph', () => {
    expect(compared('jobs', 3)).toBe('errors');
    expect(compared('users', 2)).toBe('errors');
  });
});
