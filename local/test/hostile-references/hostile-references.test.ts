import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { userCaller } from '@marquee/testkit/callers';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { buildSchema } from 'graphql';
import { authorizedSchema } from '../authorization/authorized-schema.js';
import { schemaFile } from '../fixtures/whole-graph.js';
import { type HostileContext, openHostileContext } from './hostile-context.js';
import { hostileValues, malformedValues } from './hostile-values.js';
import { entityKeys, idInputs, operationWith } from './input-coordinates.js';
import { changedEntities, readPages, type Seen } from './reader-pages.js';
import { storedReferences } from './stored-references.js';
import { lookups } from './lookups.js';

const inputs = idInputs(buildSchema(await readFile(schemaFile('api'), 'utf8')));
const services = ['users', 'jobs', 'messaging', 'shows'];

const closers = new Closers();
let context: HostileContext;
let seen: Seen;
beforeAll(async () => {
  context = await openHostileContext(closers);
  seen = await readPages(context);
});
afterAll(() => closers.close());

test('each id that a client passes is a stored reference or a lookup with a reason', () => {
  const known = [...Object.keys(storedReferences), ...Object.keys(lookups)];
  expect(inputs.map(({ coordinate }) => coordinate).toSorted()).toEqual(known.toSorted());
});

describe('a hostile id that is stored changes no answer of others:', () => {
  test.each(Object.keys(storedReferences))('%s', async (coordinate) => {
    const store = storedReferences[coordinate]!;
    const before = seen;
    for (const [kind, id] of Object.entries(hostileValues(context)))
      expect([kind, unexpectedCodes(await store(context, id))]).toEqual([kind, []]);
    seen = await readPages(context);
    expect(changedEntities(before, seen)).toEqual([]);
  });
});

describe('a hostile id that selects an entity is answered without an internal error:', () => {
  test.each(inputs.filter(({ operation }) => operation !== 'subscription'))('$coordinate', async (input) => {
    for (const [kind, id] of Object.entries(hostileValues(context))) {
      const { document, variables } = operationWith(input, id);
      const response = await context.people.admin.request(document, variables);
      expect([kind, unexpectedCodes(response)]).toEqual([kind, []]);
    }
  });
});

describe.each(services)('a malformed key of an entity in a reference to %s', (service) => {
  test('is answered without an internal error', async () => {
    const { schema, fields } = await authorizedSchema(service);
    const caller = userCaller('ADMIN', context.people.admin.id);
    for (const [type, key] of entityKeys(schema)) {
      const names = fields
        .filter((position) => position.type.name === type && position.field.args.length === 0)
        .map(({ field }) => field.name);
      for (const [kind, id] of Object.entries(malformedValues)) {
        const variables = { keys: [{ __typename: type, [key]: id }] };
        const document = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on ${type} { ${key} } } }`;
        const response = await context.services[service]!.request(document, { caller, variables });
        expect([type, names.length > 0, kind, unexpectedCodes(response)]).toEqual([type, true, kind, []]);
      }
    }
  });
});

/** The codes of errors that no id of a client may cause. */
function unexpectedCodes({ errors }: GraphqlResponse): unknown[] {
  const allowed = ['NOT_FOUND', 'BAD_USER_INPUT', 'FORBIDDEN', 'CONFLICT', 'INVALID_TRANSITION'];
  return errors
    .filter(({ extensions }) => !allowed.includes(String(extensions['code'])))
    .map(({ message, extensions }) => [extensions['code'], message.slice(0, 200)]);
}
