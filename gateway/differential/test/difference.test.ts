import { describe, expect, test } from '@jest/globals';
import { findDifference } from '../src/difference.js';
import type { Outcome, ComparedError } from '../src/outcome.js';

const data = { shows: [null, { title: null, openJobs: 3 }] };
const missing: ComparedError = {
  message: 'Cannot return null for that.',
  path: ['shows', 0, 'slug'],
  code: 'INVALID_GRAPHQL',
};
const below: ComparedError = {
  message: 'Invalid value found for that.',
  path: ['shows', 0, 'host', 'id'],
  code: 'INVALID_GRAPHQL',
};
const there: ComparedError = {
  message: 'Invalid value found for that.',
  path: ['shows', 1, 'title'],
  code: 'INVALID_GRAPHQL',
};

const refused: ComparedError = { message: 'refused: jobs Show:1', path: ['shows', 1], code: undefined };

function outcome(...errors: ComparedError[]): Outcome {
  return { data, errors, fetches: [], mutations: [] };
}

describe('invalid values below a null', () => {
  test('may be reported by one executor only if both report some error for the null', () => {
    expect(findDifference(outcome(missing), outcome(missing, below))).toBeUndefined();
    expect(findDifference(outcome(missing, below), outcome(missing))).toBeUndefined();
  });

  test('differ if only one executor reports an error, or if they report different ones', () => {
    expect(findDifference(outcome(missing), outcome())).toBe('errors');
    expect(findDifference(outcome(missing), outcome(below))).toBe('errors');
  });

  test('do not excuse a missing error of a subgraph', () => {
    const failed = { ...below, message: 'Refused.' };
    expect(findDifference(outcome(missing, failed), outcome(missing))).toBe('errors');
  });
});

test('an error elsewhere must be reported by both executors, also next to a null', () => {
  expect(findDifference(outcome(missing, there), outcome(missing))).toBe('errors');
  expect(findDifference(outcome(missing), outcome(missing, there))).toBe('errors');
});

describe('an error that the stock executor reports for another entity', () => {
  const all = { shows: [{ openJobs: 1 }, { openJobs: 2 }, { openJobs: 3 }] };
  const other = { ...refused, path: ['shows', 0] };
  const compared = (service: string, count: number) => {
    const fetches = [`${service} query {}${' {"__typename":"Show","slug":"one"}'.repeat(count)}`];
    const outcomeWith = (error: ComparedError): Outcome => ({ data: all, errors: [error], fetches, mutations: [] });
    return findDifference(outcomeWith(other), outcomeWith(refused));
  };

  test('is accepted if its subgraph was sent only some of the entities', () => {
    expect(compared('jobs', 2)).toBeUndefined();
  });

  test('is a difference if its subgraph was sent all entities, or if that was another subgraph', () => {
    expect(compared('jobs', 3)).toBe('errors');
    expect(compared('users', 2)).toBe('errors');
  });
});
