import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { machineCaller, userCaller } from '@marquee/testkit/callers';
import { post, type TestService } from '@marquee/testkit/test-service';
import { freshKeys } from '@marquee/testkit/test-keys';
import { importItems, item, openShows } from '../fixtures/shows-testbed.js';

const reads: [string, string][] = [
  ['show', '{ show(slug: "show/seen") { title } }'],
  ['shows', '{ shows { edges { node { title } } } }'],
  [
    '_entities',
    '{ _entities(representations: [{ __typename: "Show", slug: "show/seen" }]) { ... on Show { title } } }',
  ],
];
const writes: [string, string][] = [
  [
    'importShows',
    'mutation { importShows(input: { payload: [{ slug: "show/new", title: "New" }] }) { results { __typename } } }',
  ],
  ['updateShow', 'mutation { updateShow(input: { slug: "show/seen", title: "Seen" }) { show { title } } }'],
  ['deleteShow', 'mutation { deleteShow(input: { slug: "show/new" }) { slug } }'],
];

describe('access to shows', () => {
  let shows: TestService;
  beforeAll(async () => {
    shows = await openShows();
    await importItems(shows, [item('seen')]);
  });
  afterAll(() => shows.close());

  const readers: [string, Caller | undefined][] = [
    ['a guest', undefined],
    ['a freelancer', userCaller('FREELANCER')],
    ['an admin', userCaller('ADMIN')],
    ['a machine with shows.read', machineCaller('shows.read')],
  ];
  test.each(
    readers.flatMap(([name, caller]) =>
      reads.map(([operation, document]) => [name, operation, caller, document] as const),
    ),
  )('%s can read %s', async (_name, _operation, caller, document) => {
    const { errors, data } = await shows.request(document, caller ? { caller } : {});
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).toContain('"title":"seen"');
  });

  const unauthorized: [string, Caller][] = [
    ['a machine without shows.read', machineCaller('shows.write', 'graph.explore')],
    ['the gateway itself', { kind: 'gateway' }],
  ];
  test.each(
    unauthorized.flatMap(([name, caller]) =>
      reads.map(([operation, document]) => [name, operation, caller, document] as const),
    ),
  )('%s cannot read %s', async (_name, _operation, caller, document) => {
    const { errors, data } = await shows.request(document, { caller });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(data)).not.toContain('"title"');
  });

  const nonWriters: [string, string, Caller | undefined][] = [
    ['a guest', 'UNAUTHENTICATED', undefined],
    ['a freelancer', 'FORBIDDEN', userCaller('FREELANCER')],
    ['a hiring user', 'FORBIDDEN', userCaller('HIRING_USER')],
    ['a reviewer', 'FORBIDDEN', userCaller('REVIEWER')],
    ['a freelancer with shows.write in the token', 'FORBIDDEN', { ...userCaller(), scopes: ['shows.write'] }],
    ['a machine with shows.read', 'FORBIDDEN', machineCaller('shows.read')],
    ['the gateway itself', 'FORBIDDEN', { kind: 'gateway' }],
  ];
  test.each(
    nonWriters.flatMap(([name, code, caller]) =>
      writes.map(([operation, document]) => [name, operation, code, caller, document] as const),
    ),
  )('%s calling %s gets %s', async (_name, _operation, _code, caller, document) => {
    const { errors, data } = await shows.request(document, caller ? { caller } : {});
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual([_code]);
    expect(Object.values(data)).toEqual([null]);
    const { data: after } = await shows.request('{ shows { edges { node { slug title } } } }');
    expect(after.shows.edges).toEqual([{ node: { slug: 'show/seen', title: 'seen' } }]);
  });

  test.each([
    ['an admin', userCaller('ADMIN')],
    ['a machine with shows.write', machineCaller('shows.write')],
  ])('%s can write', async (_, caller) => {
    for (const [, document] of writes) expect(await shows.request(document, { caller })).toMatchObject({ errors: [] });
    await shows.request('mutation { updateShow(input: { slug: "show/seen", title: "seen" }) { show { title } } }', {
      caller,
    });
  });

  test('rejects a request without a signed caller with 401', async () => {
    expect(await post(`${shows.url}/graphql`, '{ shows { edges { cursor } } }')).toMatchObject({
      status: 401,
      data: null,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('rejects a caller signed with an unknown key with 401', async () => {
    const stranger = await freshKeys();
    const header = await stranger.signer.sign({ kind: 'guest' }, 'shows');
    const { status } = await post(`${shows.url}/graphql`, '{ __typename }', {}, { 'x-marquee-caller': header });
    expect(status).toBe(401);
  });
});
