import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { subgraphSdl, type ServiceName } from './stub-schema.js';
import {
  createConversation,
  createJob,
  createMember,
  createMessage,
  pageOfNumbers,
  createShow,
  createText,
  createUser,
} from './stub-data.js';

/** A GraphQL request as a gateway sends it. */
export interface GraphQLRequestBody {
  query: string;
  variables?: Record<string, unknown>;
}

/** Answers of one service, as text. */
export interface StubResponder {
  /** The answer to this request body; worked out at its first sight, and only looked up from then on. */
  respond(body: string): Promise<string>;
  /** What a subscription says of this event. */
  respondToEvent(asked: GraphQLRequestBody, sequence: number): Promise<string>;
}

export function createResponder(name: ServiceName): StubResponder {
  const schema = buildSubgraphSchema({ typeDefs: parse(subgraphSdl[name]), resolvers: resolvers[name] as never });
  const texts = new Map<string, string>();
  const answer = async ({ query, variables = {} }: GraphQLRequestBody, rootValue: object = {}): Promise<string> =>
    JSON.stringify(await execute({ schema, document: parse(query), variableValues: variables, rootValue }));
  return {
    async respond(body) {
      const known = texts.get(body);
      if (known !== undefined) return known;
      const text = await answer(JSON.parse(body) as GraphQLRequestBody);
      texts.set(body, text);
      return text;
    },
    respondToEvent: (asked, sequence) => answer(asked, { messageAdded: createMessage(sequence) }),
  };
}

const resolvers: Record<ServiceName, object> = {
  users: {
    Query: {
      me: () => createUser('u1'),
      principal: (_: unknown, { sub }: { sub: string }) => ({ id: `u${sub}`, role: 'FREELANCER', isActive: true }),
    },
    User: { __resolveReference: ({ id }: { id: string }) => createUser(id) },
  },
  jobs: {
    Query: { jobs: (_: unknown, { page }: Page) => pageOfNumbers(page % 6, 12).map((seed) => createJob(`j${seed}`)) },
    Job: { __resolveReference: ({ id }: { id: string }) => createJob(id) },
    Show: { __resolveReference: ({ slug }: { slug: string }) => createShow(slug) },
  },
  shows: {
    Query: {
      headline: (_: unknown, { page }: Page) => createText(page, 8),
      shows: (_: unknown, { page }: Page) => pageOfNumbers(page % 6, 10).map((seed) => createShow(`show/s${seed}`)),
    },
    Show: { __resolveReference: ({ slug }: { slug: string }) => createShow(slug) },
  },
  messaging: {
    Query: {
      conversations: (_: unknown, { page }: Page) => pageOfNumbers(page, 8).map(createConversation),
      members: (_: unknown, { page }: Page) => pageOfNumbers(page, 200).map(createMember),
    },
    Mutation: { sendMessage: (_: unknown, { body }: { body: string }) => createMessage(7, body) },
    User: { __resolveReference: ({ id }: { id: string }) => createUser(id) },
  },
};

interface Page {
  page: number;
}
