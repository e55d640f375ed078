// A subgraph with graphql-yoga, in any repository. `npm run conform -- http://localhost:4007/graphql --name venues` checks
// it, and `npm run schema -- publish venues --sdl venues.graphql --url http://localhost:4007/graphql` adds it to the graph.
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { createLocalJWKSet, jwtVerify } from 'jose';

const venues = [{ id: 'V1', name: 'Harbour Hall' }];
const schema = buildSubgraphSchema({
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { venue(id: ID!): Venue }
    type Venue @key(fields: "id") { id: ID! name: String }
  `),
  resolvers: {
    Query: { venue: (_, { id }) => venues.find((venue) => venue.id === id) },
    Venue: { __resolveReference: ({ id }) => venues.find((venue) => venue.id === id) },
  },
});

// The gateway signs the caller of every request; a service trusts nothing else.
const keys = createLocalJWKSet(JSON.parse(process.env.CALLER_KEYS));
const verifyCaller = {
  async onRequest({ request, endResponse }) {
    const token = request.headers.get('x-marquee-caller') ?? '';
    const claims = { algorithms: ['EdDSA'], issuer: 'marquee-gateway', audience: 'venues' };
    await jwtVerify(token, keys, claims).catch(() => endResponse(new Response(null, { status: 401 })));
  },
};

createServer(createYoga({ schema, plugins: [verifyCaller] })).listen(4007);
