import { describe, expect, test } from '@jest/globals';
import { findDifference } from '../src/difference.js';
import type { LooseningName } from '../src/loosenings.js';
import type { ComparedError, Outcome, SentRequest } from '../src/outcome.js';

const data = { shows: [null, { title: null, openJobs: 3 }] };
const missing: ComparedError = {
  message: 'Cannot return null for that.',
  path: ['shows', 0, 'slug'],
  extensions: { code: 'INVALID_GRAPHQL' },
};
const below: ComparedError = {
  message: 'Invalid value found for that.',
  path: ['shows', 0, 'host', 'id'],
  extensions: { code: 'INVALID_GRAPHQL' },
};
const there: ComparedError = {
  message: 'Invalid value found for that.',
  path: ['shows', 1, 'title'],
  extensions: { code: 'INVALID_GRAPHQL' },
};

const refused: ComparedError = { message: 'refused: jobs Show:1', path: ['shows', 1], extensions: {} };

function outcome(...errors: ComparedError[]): Outcome {
  return { data, errors, requests: [], mutations: [] };
}

/** The difference, or the differences that were accepted. */
function differenceOf(reference: Outcome, subject: Outcome): string | LooseningName[] {
  const loosened: LooseningName[] = [];
  return findDifference(reference, subject, (name) => loosened.push(name)) ?? loosened;
}

describe('invalid values below a null', () => {
  test('may be reported by one executor only if both report some error for the null', () => {
    expect(differenceOf(outcome(missing), outcome(missing, below))).toEqual(['errorsBelowNull']);
    expect(differenceOf(outcome(missing, below), outcome(missing))).toEqual(['errorsBelowNull']);
  });

  test('differ if only one executor reports an error, or if they report different ones', () => {
    expect(differenceOf(outcome(missing), outcome())).toBe('errors');
    expect(differenceOf(outcome(missing), outcome(below))).toBe('errors');
  });

  test('do not excuse a missing error of a subgraph', () => {
    const failed = { ...below, message: 'Refused.' };
    expect(differenceOf(outcome(missing, failed), outcome(missing))).toBe('errors');
  });
});

test('an error elsewhere must be reported by both executors, also next to a null', () => {
  expect(differenceOf(outcome(missing, there), outcome(missing))).toBe('errors');
  expect(differenceOf(outcome(missing), outcome(missing, there))).toBe('errors');
});

describe('an error that the stock executor reports for another entity', () => {
  const all = { shows: [{ openJobs: 1 }, { openJobs: 2 }, { openJobs: 3 }] };
  const other = { ...refused, path: ['shows', 0] };
  const compared = (service: string, count: number) => {
    const requests = [entityRequest(service, count)];
    const outcomeWith = (error: ComparedError): Outcome => ({ data: all, errors: [error], requests, mutations: [] });
    return differenceOf(outcomeWith(other), outcomeWith(refused));
  };

  test('is accepted if its subgraph was sent only some of the entities', () => {
    expect(compared('jobs', 2)).toEqual(['entityMiscountedByStock']);
  });

  test('is a difference if its subgraph was sent all entities, or if that was another subgraph', () => {
    expect(compared('jobs', 3)).toBe('errors');
    expect(compared('users', 2)).toBe('errors');
  });
});

describe('a difference that no loosening names fails', () => {
  const plain = (message: string, extensions: Record<string, unknown>): ComparedError => {
    return { message, path: ['shows', 0], extensions };
  };

  test.each<[string, string, Outcome, Outcome]>([
    ['a value', 'data', outcome(), { ...outcome(), data: { shows: [] } }],
    ['null for a missing field', 'data', { ...outcome(), data: { shows: null } }, { ...outcome(), data: {} }],
    ['the code of an error', 'errors', outcome(plain('No.', { code: 'A' })), outcome(plain('No.', { code: 'B' }))],
    ['another extension', 'errors', outcome(plain('No.', { retry: 1 })), outcome(plain('No.', {}))],
    ['the message of an error', 'errors', outcome(plain('No.', {})), outcome(plain('Never.', {}))],
    [
      'an error that is reported twice',
      'errors',
      outcome(plain('No.', {})),
      outcome(plain('No.', {}), plain('No.', {})),
    ],
    ['an additional request', 'fetches', outcome(), { ...outcome(), requests: [entityRequest('jobs', 1)] }],
    ['a result that was thrown', 'thrown', outcome(), { ...outcome(), thrown: 'Error' }],
  ])('%s', (_, difference, reference, subject) => {
    expect(differenceOf(reference, subject)).toBe(difference);
  });
});

test('another order of fields and names in messages are accepted', () => {
  const data = { one: 1, two: 2 };
  const reversed = { ...outcome(), data: { two: 2, one: 1 } };
  expect(differenceOf({ ...outcome(), data }, reversed)).toEqual(['fieldOrderOfStock']);
  const named = (type: string) =>
    outcome({ ...missing, message: `Cannot return null for non-nullable field ${type}.id.` });
  expect(differenceOf(named('Show'), named('Node'))).toEqual(['nameInMessageOfStock']);
});

function entityRequest(subgraph: string, count: number): SentRequest {
  const query = 'query($representations:[_Any!]!){_entities(representations:$representations){__typename}}';
  const representations = Array.from({ length: count }, (_, number) => ({ __typename: 'Show', slug: `s${number}` }));
  const variables = { representations };
  return { subgraph, query, variables, kind: 'query', operationName: undefined, entities: [], sent: { query } };
}
