import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { schema as jobs } from '@marquee/jobs/service';
import { schema as messaging } from '@marquee/messaging/service';
import { schema as shows } from '@marquee/shows/service';
import { subscribe } from '@marquee/testkit/subscribe';
import type { GraphqlResponse } from '@marquee/testkit/test-service';
import { schema as users } from '@marquee/users/service';
import { coerceInputValue, type GraphQLField, GraphQLError, type GraphQLObjectType, isObjectType } from 'graphql';
import { createClient, createUser, type GraphClient } from '../fixtures/graph-client.js';
import { startIssuer } from '../fixtures/test-issuer.js';
import { startGraph } from '../fixtures/whole-graph.js';
import { apiSchema } from '../access-matrix/schema-operations.js';
import { operationWith, textPositions } from './text-positions.js';

const hostileTexts = {
  NUL: 'a\u0000b',
  'a C1 control': 'a\u0085b',
  'piles of combining marks': `a${'\u0301\u0489'.repeat(40)}b`,
  'a directional override': 'a\u202etxt.exe',
  'a lone surrogate': 'a\ud83db',
  'hidden text': `a${'\u{e0061}'.repeat(20)}`,
  'a text of 100 kB': 'a\u0301'.repeat(34_000),
};

/** These check their arguments themselves, and report them in another way. */
const ownReports = ['Mutation.importShows', 'Query.principal'];

const closers = new Closers();
let callers: GraphClient[];
let url: string;

beforeAll(async () => {
  const tokens = await startIssuer(closers);
  const limits = { GUARD_COST: '100000', GUARD_RESPONSE_BYTES: '100000000' };
  const { gateway } = await startGraph(closers, { messaging: true, gateway: { ...limits, ...tokens.variables } });
  url = gateway.url;
  const roles = ['ADMIN', 'HIRING_USER', 'FREELANCER'] as const;
  const people = await Promise.all(roles.map((role) => createUser(url, role)));
  callers = [...people, createClient(url, await tokens.headers('webhooks.manage'))];
});

afterAll(() => closers.close());

describe.each(Object.entries(hostileTexts))('%s is BAD_USER_INPUT with its path', (_, text) => {
  test('in every text of every query and mutation', async () => {
    const api = await apiSchema();
    const fields = [api.getQueryType()!, api.getMutationType()!].flatMap(fieldsOf);
    const wrong: unknown[] = [];
    for (const { type, field } of fields)
      for (const { path, variables } of textPositions(field)) {
        const values = variables(text);
        const response = await firstAllowed(operationWith(type, field, values), values);
        if (!isRefusal(response, path)) wrong.push({ field: `${type.name}.${field.name}`, path, response });
      }
    expect(wrong).toEqual([]);
  });

  test('in every text of every subscription', async () => {
    const type = (await apiSchema()).getSubscriptionType()!;
    for (const { field } of fieldsOf(type))
      for (const { path, variables } of textPositions(field)) {
        const values = variables(text);
        const opened = subscribe({
          url: `${url}/graphql`,
          query: operationWith(type, field, values),
          variables: values,
          connectionParams: { 'x-dev-user-id': 'hostile-texts', 'x-dev-role': 'ADMIN' },
        });
        const refusal = await opened.next().catch((failure: unknown) => failure);
        await opened.unsubscribe();
        // A message over the limit of a socket closes it.
        const expected = text.length < maxMessage ? { errors: refused(path) } : { code: 1009 };
        expect(Array.isArray(refusal) ? { errors: refusal } : refusal).toMatchObject(expected);
      }
  });
});

describe.each(Object.entries({ users, jobs, messaging, shows }))('every field of %s', (_, createSchema) => {
  test('refuses hostile texts before its resolver runs', async () => {
    const types = Object.values((await createSchema()).getTypeMap()).filter(isObjectType);
    const positions = types
      .filter(({ name }) => !name.startsWith('_'))
      .flatMap(fieldsOf)
      .filter(({ type, field }) => !ownReports.includes(`${type.name}.${field.name}`))
      .flatMap(({ field }) => textPositions(field).map((position) => ({ field, ...position })));
    expect(positions.length).toBeGreaterThan(0);
    for (const { field, path, variables } of positions) {
      const run = field.subscribe ?? field.resolve!;
      const args = coerced(field, variables(hostileTexts.NUL));
      const expected = lookups.includes(field.name) ? null : refusedArgument;
      expect([field.name, path, caught(() => run({}, args, {}, {} as never))]).toEqual([field.name, path, expected]);
    }
  });
});

const refusedArgument: unknown = expect.objectContaining({ code: 'BAD_USER_INPUT' });

/** Queries of one entity by its key. */
const lookups = 'activity conversation cover dataExport folder freelancer job media node proposal show user'.split(' ');

/** UTF-16 code units of a text that closes a socket. */
const maxMessage = 30_000;

function refused(path: string): object[] {
  return [{ extensions: { code: 'BAD_USER_INPUT', fields: [{ path, message: expect.any(String) }] } }];
}

interface FieldOfType {
  type: GraphQLObjectType;
  field: GraphQLField<unknown, unknown>;
}

function fieldsOf(type: GraphQLObjectType): FieldOfType[] {
  return Object.values(type.getFields()).map((field) => ({ type, field }));
}

/** The response to the first caller whose role is allowed to use the field. */
async function firstAllowed(document: string, variables: object): Promise<GraphqlResponse> {
  for (const caller of callers) {
    const response = await caller.request(document, variables);
    if (response.errors[0]?.extensions['code'] !== 'FORBIDDEN') return response;
  }
  throw new Error(`No caller may use ${document}`);
}

/** An import reports each show separately. An entity with such a key does not exist. */
function isRefusal({ data, errors }: GraphqlResponse, path: string): boolean {
  if (errors.length === 0 && [...lookups.map((field) => data?.[field]), data?.nodes?.[0]].includes(null)) return true;
  const item = data?.importShows?.results[0];
  if (item) return item.__typename === 'ShowInvalid' && errors.length === 0;
  const [error] = errors;
  const fields = (error?.extensions['fields'] ?? []) as { path: string }[];
  return (
    error?.extensions['code'] === 'BAD_USER_INPUT' && errors.length === 1 && fields.some((field) => field.path === path)
  );
}

function coerced({ args }: FieldOfType['field'], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = args.filter(({ name }) => name in values);
  return Object.fromEntries(given.map(({ name, type }) => [name, coerceInputValue(values[name], type)]));
}

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (failure) {
    return failure instanceof GraphQLError ? failure.extensions : failure;
  }
}
