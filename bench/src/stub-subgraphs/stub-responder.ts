import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { subgraphSdl, type ServiceName } from './stub-schema.js';
import {
  createAccount,
  createConversation,
  createJob,
  createMember,
  createMessage,
  createProduct,
  createReviews,
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

/** Serialised responses of one stub service. */
export interface StubResponder {
  /** The response to a request body, computed once and then cached. */
  respond(body: string): Promise<string>;
  /** The result of a subscription for an event. */
  respondToEvent(request: GraphQLRequestBody, sequence: number): Promise<string>;
}

export function createResponder(name: ServiceName): StubResponder {
  const schema = buildSubgraphSchema({ typeDefs: parse(subgraphSdl[name]), resolvers: resolvers[name] as never });
  const responses = new Map<string, string>();
  const run = async ({ query, variables = {} }: GraphQLRequestBody, rootValue: object = {}): Promise<string> =>
    JSON.stringify(await execute({ schema, document: parse(query), variableValues: variables, rootValue }));
  return {
    async respond(body) {
      const cached = responses.get(body);
      if (cached !== undefined) return cached;
      const text = await run(JSON.parse(body) as GraphQLRequestBody);
      responses.set(body, text);
      return text;
    },
    respondToEvent: (request, sequence) => run(request, { messageAdded: createMessage(sequence) }),
  };
}

const resolvers: Record<ServiceName, object> = {
  users: {
    Query: {
      me: () => createUser('u1'),
      principal: (_: unknown, { sub }: { sub: string }) => ({ id: `u${sub}`, role: 'FREELANCER', isActive: true }),
      accounts: () => pageOfNumbers(0, 6).map((seed) => createAccount(`a${seed}`)),
    },
    Account: { __resolveReference: ({ id }: { id: string }) => createAccount(id) },
    User: { __resolveReference: ({ id }: { id: string }) => createUser(id) },
  },
  jobs: {
    Query: { jobs: (_: unknown, { page }: Page) => pageOfNumbers(page % 6, 12).map((seed) => createJob(`j${seed}`)) },
    Job: { __resolveReference: ({ id }: { id: string }) => createJob(id) },
    Show: { __resolveReference: ({ slug }: { slug: string }) => createShow(slug) },
    Product: {
      __resolveReference: (given: { upc: string }) => ({ ...createProduct(given.upc), ...given }),
      shippingEstimate: ({ price, weight }: Record<'price' | 'weight', number>) => (price > 120 ? 0 : weight * 2),
    },
  },
  shows: {
    Query: {
      headline: (_: unknown, { page }: Page) => createText(page, 8),
      shows: (_: unknown, { page }: Page) => pageOfNumbers(page % 6, 10).map((seed) => createShow(`show/s${seed}`)),
      topProducts: () => pageOfNumbers(0, 5).map((seed) => createProduct(`p${seed}`)),
    },
    Product: { __resolveReference: ({ upc }: { upc: string }) => createProduct(upc) },
    Show: { __resolveReference: ({ slug }: { slug: string }) => createShow(slug) },
  },
  messaging: {
    Query: {
      conversations: (_: unknown, { page }: Page) => pageOfNumbers(page, 8).map(createConversation),
      members: (_: unknown, { page }: Page) => pageOfNumbers(page, 200).map(createMember),
    },
    Mutation: { sendMessage: (_: unknown, { body }: { body: string }) => createMessage(7, body) },
    User: { __resolveReference: ({ id }: { id: string }) => createUser(id) },
    Account: { reviews: ({ id }: { id: string }) => createReviews(id) },
    Product: { reviews: ({ upc }: { upc: string }) => createReviews(upc) },
  },
};

interface Page {
  page: number;
}
