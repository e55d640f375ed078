/**
 * A subgraph with a plain Apollo Server: queries, entities, and no subscriptions. It uses no package of this repository.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';

/** The name of this subgraph in the graph, for which the gateway signs callers. */
const name = 'venues';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@listSize"])

  type Query {
    "Places with a stage, in alphabetical order."
    venues: [Venue!] @listSize(assumedSize: 10)
  }

  "A place with a stage."
  type Venue @key(fields: "id") {
    "Identifies the venue."
    id: ID!
    "The name on the sign."
    name: String
    "The number of seats; null for standing room."
    seats: Int
  }
`);

const venues = [
  { id: 'V1', name: 'Harbour Hall', seats: 420 },
  { id: 'V2', name: 'The Cellar', seats: null },
];

const resolvers = {
  Query: { venues: () => venues },
  Venue: { __resolveReference: ({ id }: { id: string }) => venues.find((venue) => venue.id === id) ?? null },
};

/** Starts the subgraph. @param keys the gateway's public keys (JSON Web Key Set); 0 lets the system choose a port */
export async function startVenues(keys: JSONWebKeySet, port: number): Promise<Server> {
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  const apollo = new ApolloServer({ schema, includeStacktraceInErrorResponses: false, introspection: true });
  await apollo.start();
  const keySet = createLocalJWKSet(keys);
  const server = createServer((request, response) => {
    handle(apollo, keySet, request, response).catch(() => response.writeHead(400).end('{"errors":[]}'));
  });
  server.once('close', () => void apollo.stop());
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return server;
}

async function handle(
  apollo: ApolloServer,
  keys: ReturnType<typeof createLocalJWKSet>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url === '/health' || request.url === '/ready') return void response.end('ok');
  const token = String(request.headers['x-marquee-caller'] ?? '');
  const verified = await jwtVerify(token, keys, {
    algorithms: ['EdDSA'],
    issuer: 'marquee-gateway',
    audience: name,
  }).catch(() => undefined);
  response.setHeader('content-type', 'application/json');
  if (!verified) return void response.writeHead(401).end('{"errors":[{"message":"The caller is not signed."}]}');
  const headers = new HeaderMap();
  for (const [key, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(key, String(value));
  const {
    status,
    body,
    headers: sent,
  } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'POST', headers, search: '', body: await json(request) },
    context: async () => ({ caller: verified.payload['caller'] }),
  });
  response.writeHead(status ?? 200, Object.fromEntries(sent));
  response.end(body.kind === 'complete' ? body.string : undefined);
}
