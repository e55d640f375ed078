import 'reflect-metadata';
import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Arg, Ctx, Field, FieldResolver, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { subgraphSettings } from '@marquee/chassis/config/settings';
import { badInput, conflict, notFound } from '@marquee/chassis/errors/errors';
import { type SubgraphContext, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import { printSubgraph, createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import { timeoutHeader } from '@marquee/chassis/http/request-timeout';
import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { createRowLoader } from '@marquee/chassis/loaders/loaders';
import type { Service } from '@marquee/chassis/process/run-service';
import { currentRequest } from '@marquee/chassis/telemetry/request-scope';
import { userCaller } from '@marquee/testkit/callers';
import { freshKeys, testKeys } from '@marquee/testkit/test-keys';
import { post, startService, type TestService } from '@marquee/testkit/test-service';

@ObjectType()
class Part {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  title?: string;
}

@Resolver(() => Part)
class PartResolver {
  @FieldResolver(() => String)
  title(@Root() { name }: Part): string {
    if (name === '') throw notFound('title', name);
    return `Part ${name}`;
  }
}

@Resolver()
class Probe {
  @Query(() => String)
  whoAmI(@Ctx() { caller }: SubgraphContext): string {
    return caller.kind === 'user' ? caller.role : caller.kind;
  }

  /** Queries the store twice, with a pause in between. */
  @Query(() => String)
  async slow(@Ctx() { rows }: ProbeContext): Promise<string> {
    await rows.load('first');
    await (pause?.() ?? wait(150));
    return (await rows.load('second'))?.id ?? '';
  }

  @Query(() => [[Part]])
  parts(): Part[][] {
    return [[{ name: 'a' }, { name: '' }]];
  }

  @Query(() => String)
  fail(@Arg('how', () => String) how: string): string {
    if (how === 'input') throw badInput({ path: 'input.title', message: 'is too long' });
    if (how === 'conflict') throw conflict('The handle "ada" is taken.');
    if (how === 'absent') throw notFound('show', 'show/x');
    throw new Error('password=hunter2 at 10.0.0.1');
  }
}

interface ProbeContext extends SubgraphContext {
  rows: ReturnType<typeof createRows>;
}

/** The pause of the query `slow`. Default: 150 ms. */
let pause: (() => Promise<unknown>) | undefined;

/** The queries to the store. */
const fetched: string[] = [];

function createRows() {
  return createRowLoader(
    async (ids) => {
      fetched.push(...ids);
      return ids.map((id) => ({ id }));
    },
    ({ id }) => id,
  );
}

const probe: Service<ReturnType<typeof subgraphSettings.parse>> = {
  name: 'probe',
  settings: subgraphSettings,
  async open(serviceContext) {
    const schema = await createSubgraphSchema({ resolvers: [Probe, PartResolver], references: {} });
    const context = (caller: Caller): ProbeContext => ({ caller, rows: createRows() });
    const graphql = await createSubgraphRoute({ name: 'probe', schema, serviceContext, context });
    return { routes: { '/graphql': graphql }, check: async () => undefined };
  },
};

let service: TestService;
beforeAll(async () => {
  service = await startService(probe, { BODY_LIMIT_BYTES: '2000' });
});
afterAll(() => service.close());

describe('a subgraph', () => {
  const question = '{ whoAmI }';

  test('leaves null in the place of an error with onError: NULL, and propagates it otherwise', async () => {
    const query = '{ parts { name title } whoAmI }';
    const error = { path: ['parts', 0, 1, 'title'], extensions: { code: 'NOT_FOUND' } };
    expect(await service.request(query)).toMatchObject({ data: { parts: null }, errors: [error] });
    expect(await send({ query, onError: 'NULL' })).toMatchObject({
      data: {
        parts: [
          [
            { name: 'a', title: 'Part a' },
            { name: '', title: null },
          ],
        ],
        whoAmI: 'guest',
      },
      errors: [error],
    });
    expect(await send({ query: '{ whoAmI }', onError: 'HALT' })).toEqual({ data: { whoAmI: 'guest' } });
  });

  test.each<[string, object]>([
    ['data', { query: '{ whoAmI }' }],
    ['variables', { query: 'query ($how: String!) { fail(how: $how) }', variables: { how: 'input' } }],
    ['one of two operations', { query: 'query A { whoAmI } query B { a: whoAmI }', operationName: 'B' }],
    ['an operation that is missing', { query: 'query A { whoAmI } query B { whoAmI }' }],
    ['an expected error', { query: '{ fail(how: "conflict") }' }],
    ['an unexpected error', { query: '{ fail(how: "secret") whoAmI }' }],
    ['an error that leaves null', { query: '{ parts { name title } whoAmI }', onError: 'NULL' }],
    ['invalid variables', { query: 'query ($how: String!) { fail(how: $how) }' }],
    ['an invalid document', { query: '{ unknown }' }],
    ['a syntax error', { query: '{' }],
  ])('answers as Apollo Server does: %s', async (_, body) => {
    // Apollo Server answers bodies with extensions, which the gateway does not send.
    expect(await send(body)).toEqual(await send({ ...body, extensions: {} }));
  });

  test('uses the signed caller', async () => {
    expect((await service.request(question, { caller: userCaller('ADMIN') })).data).toEqual({ whoAmI: 'ADMIN' });
    expect((await service.request(question)).data).toEqual({ whoAmI: 'guest' });
  });

  test('responds with 401 without a signature, whatever other headers contain', async () => {
    const headers = { authorization: 'Bearer x', 'x-dev-user-id': 'dev-admin-001', 'x-dev-role': 'ADMIN' };
    const answer = await post(`${service.url}/graphql`, question, {}, headers);
    expect([answer.status, answer.data, answer.errors[0]?.extensions]).toEqual([
      401,
      null,
      { code: 'UNAUTHENTICATED' },
    ]);
  });

  test.each([
    ['a stranger', async () => (await freshKeys()).signer.sign({ kind: 'gateway' }, 'probe')],
    ['the right key for another subgraph', async () => (await testKeys()).signer.sign({ kind: 'gateway' }, 'users')],
    ['nobody', async () => 'eyJhbGciOiJub25lIn0.eyJjYWxsZXIiOnsia2luZCI6ImdhdGV3YXkifX0.'],
  ])('responds with 401 for a caller signed by %s', async (_, sign) => {
    const answer = await post(`${service.url}/graphql`, question, {}, { [callerHeader]: await sign() });
    expect([answer.status, answer.data]).toEqual([401, null]);
  });

  test('rejects introspection', async () => {
    const { data, errors } = await service.request('{ __schema { types { name } } }');
    expect([data, errors[0]?.extensions['code']]).toEqual([null, 'BAD_USER_INPUT']);
  });

  test('serves /health and /ready to everyone', async () => {
    for (const path of ['health', 'ready']) expect((await fetch(`${service.url}/${path}`)).status).toBe(200);
    expect((await fetch(`${service.url}/elsewhere`)).status).toBe(404);
  });
});

describe('errors', () => {
  const failing = async (how: string) =>
    (await service.request('query ($how: String!) { fail(how: $how) }', { variables: { how } })).errors[0];

  test('with one of our codes keep their code and extensions', async () => {
    expect(await failing('input')).toMatchObject({
      message: 'input.title: is too long',
      path: ['fail'],
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'input.title', message: 'is too long' }] },
    });
    expect((await failing('conflict'))?.extensions).toEqual({ code: 'CONFLICT' });
    expect((await failing('absent'))?.extensions).toEqual({ code: 'NOT_FOUND' });
  });

  test('that are unexpected are shown as INTERNAL without details', async () => {
    expect(await failing('surprise')).toEqual({
      message: 'An internal error occurred.',
      locations: expect.anything(),
      path: ['fail'],
      extensions: { code: 'INTERNAL' },
    });
  });

  test.each([
    ['a syntax error', '{ whoAmI '],
    ['an unknown field', '{ whoAmI whoAreYou }'],
    ['two operations and no name', 'query A { whoAmI } query B { whoAmI }'],
    ['a missing variable', 'query ($how: String!) { fail(how: $how) }'],
  ])('of invalid requests are BAD_USER_INPUT: %s', async (_, document) => {
    const { status, errors } = await service.request(document);
    expect([status, errors[0]?.extensions['code']]).toEqual([400, 'BAD_USER_INPUT']);
  });

  test('do not suggest field names', async () => {
    expect((await service.request('{ whoAmII }')).errors[0]?.message).not.toContain('Did you mean');
  });
});

describe('cancels the remaining queries of a request', () => {
  test.each([
    ['after its timeout', '100', ['first']],
    ['but not before its timeout', '60000', ['first', 'second']],
    ['but not with an invalid timeout', 'soon', ['first', 'second']],
  ])('%s', async (_, timeout, queries) => {
    // On a busy machine the time may be over before the first query.
    for (fetched.length = 0; fetched.length === 0;)
      await service.request('{ slow }', { headers: { [timeoutHeader]: timeout } });
    expect(fetched).toEqual(queries);
  });

  test('when its sender disconnects', async () => {
    fetched.length = 0;
    const cancelled = new EventEmitter();
    const noticed = once(cancelled, 'cancelled');
    pause = async () => {
      currentRequest()?.cancellation?.onCancel(() => void cancelled.emit('cancelled'));
      await noticed;
    };
    const disconnecting = new AbortController();
    const signed = await (await testKeys()).signer.sign({ kind: 'guest' }, 'probe');
    const request = fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [callerHeader]: signed },
      body: JSON.stringify({ query: '{ slow }' }),
      signal: disconnecting.signal,
    });
    while (fetched.length === 0) await wait(5);
    disconnecting.abort();
    await expect(request).rejects.toThrow();
    await noticed;
    await wait(50);
    pause = undefined;
    expect(fetched).not.toContain('second');
  });
});

describe('a body', () => {
  test.each([
    ['that is too large', { body: JSON.stringify({ query: `{ whoAmI } #${'x'.repeat(3000)}` }) }, 413],
    ['that is not JSON', { body: '{ "query": ' }, 400],
    ['that is compressed', { body: '{}', headers: { 'content-encoding': 'gzip' } }, 415],
    ['that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400],
  ])(
    '%s is rejected with a reason',
    async (_, { body, headers = {} }: { body: string | Buffer; headers?: object }, status) => {
      const signed = await (await testKeys()).signer.sign({ kind: 'guest' }, 'probe');
      const response = await fetch(`${service.url}/graphql`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', [callerHeader]: signed, ...headers },
      });
      expect([response.status, await response.json()]).toEqual([
        status,
        { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) })] },
      ]);
    },
  );
});

test('the SDL of a subgraph contains the federation version and every field', async () => {
  const sdl = printSubgraph(await createSubgraphSchema({ resolvers: [Probe], references: {} }));
  expect(sdl).toMatch(/@link\(url: "https:\/\/specs.apollo.dev\/federation\/v2/);
  expect(sdl).toContain('whoAmI: String');
});

/** Sends a body as the gateway would. */
async function send(body: object): Promise<unknown> {
  const signed = await (await testKeys()).signer.sign({ kind: 'guest' }, 'probe');
  const headers = { 'content-type': 'application/json', [callerHeader]: signed };
  const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}
