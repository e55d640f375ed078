import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { Arg, Directive, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Authorize } from '@marquee/chassis/graphql/authorize';
import { printSubgraph, createSubgraphSchema } from '@marquee/chassis/graphql/subgraph-schema';

@Resolver()
class Marked {
  @Query(() => Int)
  latest(): number {
    return 0;
  }

  @Directive('@resumable(argument: "after", cursor: "sequence")')
  @Directive('@broadcast')
  @Subscription(() => Int, { subscribe: () => counted() })
  counted(@Root() value: number, @Arg('after', () => Int, { nullable: true }) _: number): number {
    return value;
  }
}

@Resolver()
class Unmarked {
  @Query(() => Int)
  latest(): number {
    return 0;
  }
}

@Resolver()
class Guarded {
  @Authorize('role:ADMIN', ['machine', 'scope:shows.write'])
  @Query(() => Int)
  latest(): number {
    return 0;
  }
}

describe('the SDL of a subgraph', () => {
  test('composes the subscription directives if it uses them', async () => {
    const sdl = printSubgraph(await createSubgraphSchema({ resolvers: [Marked], references: {} }));
    expect(sdl).toContain('@composeDirective(name: "@resumable")');
    expect(sdl).toContain('@composeDirective(name: "@broadcast")');
    expect(sdl).toContain('@resumable(argument: "after", cursor: "sequence")');
  });

  test('contains the policies and the contracts of fields', async () => {
    const contracts = { partner: { Query: ['latest'] } };
    const sdl = printSubgraph(await createSubgraphSchema({ resolvers: [Guarded], references: {}, contracts }));
    expect(sdl).toContain(
      'latest: Int @policy(policies: [["role:ADMIN"], ["machine", "scope:shows.write"]]) @tag(name: "partner")',
    );
  });

  test('has nullable root fields, whatever their decorators declare', async () => {
    const sdl = printSubgraph(await createSubgraphSchema({ resolvers: [Marked], references: {} }));
    expect(sdl).toMatch(/type Query \{\s+latest: Int\s+\}/);
    expect(sdl).toMatch(/counted\(after: Int\): Int @/);
  });

  test('cannot have unknown fields in a contract', async () => {
    const contracts = { partner: { Query: ['latest', 'former'], Lost: ['any'] } };
    await expect(createSubgraphSchema({ resolvers: [Guarded], references: {}, contracts })).rejects.toThrow(
      'The contract "partner" has fields that do not exist: Query.former, Lost.any.',
    );
  });

  test('does not contain the subscription directives if it does not use them', async () => {
    const sdl = printSubgraph(await createSubgraphSchema({ resolvers: [Unmarked], references: {} }));
    expect(sdl).not.toMatch(/resumable|broadcast|composeDirective/);
  });
});

async function* counted(): AsyncGenerator<number> {
  yield 1;
}
