import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Arg, Field, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { subgraphSettings } from '@marquee/chassis/config/settings';
import { type SubgraphContext, createSubgraphRoute } from '@marquee/chassis/graphql/subgraph-route';
import { createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';
import type { Caller } from '@marquee/chassis/identity/caller';
import type { Service } from '@marquee/chassis/process/run-service';
import { startService, type TestService } from '@marquee/testkit/test-service';

const limit = 20_000;

/** Calls of the resolver of `Page.text`. */
let resolved = 0;

@ObjectType()
class Page {
  @Field(() => String)
  get text(): string {
    resolved += 1;
    return 'x'.repeat(1_000);
  }

  @Field(() => [Page], { nullable: true })
  get pages(): Page[] {
    return [new Page(), new Page()];
  }

  @Field(() => Int, { nullable: true })
  number = 1;
}

@Resolver()
class Pages {
  @Query(() => [Page])
  pages(@Arg('count', () => Int) count: number): Page[] {
    return Array.from({ length: count }, () => new Page());
  }

  @Query(() => [String])
  texts(@Arg('count', () => Int) count: number): string[] {
    return Array.from({ length: count }, () => 'é'.repeat(500));
  }

  @Mutation(() => Page)
  change(): Page {
    return new Page();
  }
}

const book: Service<ReturnType<typeof subgraphSettings.parse>> = {
  name: 'book',
  settings: subgraphSettings,
  async open(serviceContext) {
    const schema = await createSubgraphSchema({ resolvers: [Pages], references: {} });
    const context = (caller: Caller): SubgraphContext => ({ caller });
    const graphql = await createSubgraphRoute({ name: 'book', schema, serviceContext, context });
    return { routes: { '/graphql': graphql }, check: async () => undefined };
  },
};

let service: TestService;
beforeAll(async () => {
  service = await startService(book, { RESPONSE_LIMIT_BYTES: String(limit) });
});
afterAll(() => service.close());

test.each([
  ['many objects', '{ pages(count: 100000) { number } }'],
  ['texts of objects', '{ pages(count: 25) { text } }'],
  ['a list of texts, counted in bytes', '{ texts(count: 19) texts2: texts(count: 2) }'],
  [
    'aliases of one field',
    `{ pages(count: 1) { ${Array.from({ length: 25 }, (_, at) => `t${at}: text`).join(' ')} } }`,
  ],
  [
    'null and small values',
    `{ pages(count: 200) { ${Array.from({ length: 25 }, (_, at) => `n${at}: number`).join(' ')} } }`,
  ],
  ['a mutation', `mutation { change { ${Array.from({ length: 25 }, (_, at) => `t${at}: text`).join(' ')} } }`],
])('a response that passes its limit is cut: %s', async (_, document) => {
  const { data, errors } = await service.request(document);
  expect(data).toBeNull();
  expect(errors).toEqual([
    {
      message: `query: the response exceeds ${limit} bytes: select fewer fields or shorter lists`,
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'query', message: expect.any(String) }] },
    },
  ]);
});

test('a response below its limit is complete', async () => {
  const { data, errors } = await service.request('{ pages(count: 15) { text pages { number } } }');
  expect(errors).toEqual([]);
  expect(data.pages).toHaveLength(15);
});

test('the building of a response stops at its limit', async () => {
  resolved = 0;
  await service.request('{ pages(count: 10) { pages { pages { pages { text } } } } }');
  expect(resolved).toBeLessThanOrEqual(80);
  resolved = 0;
  await service.request('{ pages(count: 5000) { number text } }');
  expect(resolved).toBeLessThanOrEqual(5_000);
});
