import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { sdl, type ServiceName } from './sdl.js';
import { conversationOf, jobOf, memberOf, messageOf, numbers, showOf, text, userOf } from './things.js';

/** A GraphQL request as a gateway sends it. */
export interface Asked {
  query: string;
  variables?: Record<string, unknown>;
}

/** Answers of one service, as text. */
export interface Answers {
  /** The answer to this request body; worked out at its first sight, and only looked up from then on. */
  to(body: string): Promise<string>;
  /** What a subscription says of this event. */
  event(asked: Asked, sequence: number): Promise<string>;
}

export function answersOf(name: ServiceName): Answers {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl[name]), resolvers: resolvers[name] as never });
  const texts = new Map<string, string>();
  const answer = async ({ query, variables = {} }: Asked, rootValue: object = {}): Promise<string> =>
    JSON.stringify(await execute({ schema, document: parse(query), variableValues: variables, rootValue }));
  return {
    async to(body) {
      const known = texts.get(body);
      if (known !== undefined) return known;
      const text = await answer(JSON.parse(body) as Asked);
      texts.set(body, text);
      return text;
    },
    event: (asked, sequence) => answer(asked, { messageAdded: messageOf(sequence) }),
  };
}

const resolvers: Record<ServiceName, object> = {
  users: {
    Query: {
      me: () => userOf('u1'),
      principal: (_: unknown, { sub }: { sub: string }) => ({ id: `u${sub}`, role: 'FREELANCER', isActive: true }),
    },
    User: { __resolveReference: ({ id }: { id: string }) => userOf(id) },
  },
  jobs: {
    Query: { jobs: (_: unknown, { page }: Page) => numbers(page % 6, 12).map((seed) => jobOf(`j${seed}`)) },
    Job: { __resolveReference: ({ id }: { id: string }) => jobOf(id) },
    Show: { __resolveReference: ({ slug }: { slug: string }) => showOf(slug) },
  },
  shows: {
    Query: {
      headline: (_: unknown, { page }: Page) => text(page, 8),
      shows: (_: unknown, { page }: Page) => numbers(page % 6, 10).map((seed) => showOf(`show/s${seed}`)),
    },
    Show: { __resolveReference: ({ slug }: { slug: string }) => showOf(slug) },
  },
  messaging: {
    Query: {
      conversations: (_: unknown, { page }: Page) => numbers(page, 8).map(conversationOf),
      members: (_: unknown, { page }: Page) => numbers(page, 200).map(memberOf),
    },
    Mutation: { sendMessage: (_: unknown, { body }: { body: string }) => messageOf(7, body) },
    User: { __resolveReference: ({ id }: { id: string }) => userOf(id) },
  },
};

interface Page {
  page: number;
}
