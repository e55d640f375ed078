import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guest } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { introspectionErrors } from '../src/admission/authorization/introspection-rule.js';
import { openGateway } from './fixtures/gateway.js';
import { openUsers } from './fixtures/sample-graph.js';
import type { Subgraph } from './fixtures/test-subgraph.js';

let users: Subgraph;

beforeAll(async () => {
  users = await openUsers();
});

afterAll(() => users.close());

test('outside production everyone may introspect the schema, without its inaccessible elements', async () => {
  const gateway = await openGateway([users]);
  const { data } = await gateway.query('{ __schema { types { name } queryType { fields { name } } } }');
  expect(data.__schema.queryType.fields).toEqual([{ name: 'me' }, { name: 'caller' }]);
  expect(JSON.stringify(data)).not.toMatch(/Principal|_Entity|_Service|join__/);
  await gateway.close();
});

describe('in production', () => {
  test('a guest may not introspect, directly, by alias or by fragment, but may select __typename', async () => {
    const gateway = await openGateway([users], { NODE_ENV: 'production' });
    for (const query of [
      '{ __schema { types { name } } }',
      '{ caller type: __type(name: "User") { name } }',
      'query { ...Spread } fragment Spread on Query { __schema { description } }',
    ]) {
      const { status, data, errors } = await gateway.query(query);
      expect([status, data]).toEqual([403, null]);
      expect(errors).toEqual([
        { message: 'Introspection needs the scope graph.explore.', extensions: { code: 'FORBIDDEN' } },
      ]);
    }
    expect((await gateway.query('{ __typename me { __typename } }')).data).toEqual({ __typename: 'Query', me: null });
    await gateway.close();
  });

  test('a document that a caller with the scope ran first is still refused to other callers', () => {
    const document = parse('{ ... { __schema { queryType { name } } } }');
    const explorer = { ...userCaller(), scopes: ['graph.explore'] };
    for (const caller of [explorer, machineCaller('graph.explore')])
      expect(introspectionErrors(document, caller)).toEqual([]);
    for (const caller of [guest, userCaller('ADMIN'), machineCaller('shows.read')])
      expect(introspectionErrors(document, caller)[0]?.extensions['code']).toBe('FORBIDDEN');
  });
});
