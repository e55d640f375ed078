import { describe, expect, test } from '@jest/globals';
import { freshSchema, freshTable } from '@marquee/chassis/testkit/stores';

describe('the stores of a test run', () => {
  test('are there, with addresses that workers see', () => {
    expect(freshSchema().DATABASE_URL).toMatch(/^postgres:/);
    expect(freshTable().DYNAMODB_ENDPOINT).toMatch(/^http:/);
  });
});
