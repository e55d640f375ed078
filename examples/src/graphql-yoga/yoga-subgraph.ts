/**
 * A subgraph with graphql-yoga: queries, entities, and a subscription over graphql-transport-ws. It uses no package of this
 * repository.
 */
import { createServer, type Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { WebSocketServer } from 'ws';

/** The name of this subgraph in the graph, for which the gateway signs callers. */
const name = 'weather';

const callerHeader = 'x-marquee-caller';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

  type Query {
    "The weather at a place; null if it is not measured."
    weather(place: ID!): Weather
  }

  type Subscription {
    "Measurements of a place, one every second."
    weatherMeasured(place: ID!): Weather
  }

  "A measurement."
  type Weather @key(fields: "place") {
    "The place that was measured."
    place: ID!
    "In degrees Celsius."
    celsius: Float
  }
`);

const celsiusOf = new Map([
  ['harbour', 17.5],
  ['mountain', -2],
]);

function weatherAt({ place }: { place: string }) {
  const celsius = celsiusOf.get(place);
  return celsius === undefined ? null : { place, celsius };
}

const resolvers = {
  Query: { weather: (_: unknown, where: { place: string }) => weatherAt(where) },
  Subscription: { weatherMeasured: { subscribe: (_: unknown, where: { place: string }) => measurements(where) } },
  Weather: { __resolveReference: weatherAt },
};

async function* measurements(where: { place: string }) {
  for (;;) {
    yield { weatherMeasured: weatherAt(where) };
    await wait(1_000);
  }
}

/** Starts the subgraph. @param keys the gateway's public keys (JSON Web Key Set); 0 lets the system choose a port */
export async function startWeather(keys: JSONWebKeySet, port: number): Promise<Server> {
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  const verify = callerVerifier(keys);
  const yoga = createYoga({ schema, logging: false, graphiql: false, landingPage: false });
  const server = createServer((request, response) => {
    if (request.url === '/health' || request.url === '/ready') return void response.end('ok');
    void verify(request.headers[callerHeader]).then(async (caller) => {
      if (caller) await yoga(request, response);
      else {
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end('{"errors":[{"message":"The caller is not signed."}]}');
      }
    });
  });
  const sockets = acceptSockets(server, schema, verify);
  server.once('close', () => {
    sockets.close();
    void yoga.dispose();
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return server;
}

/** The caller of a socket is in the payload of connection_init, that of each operation in its extensions. */
function acceptSockets(server: Server, schema: GraphQLSchema, verify: VerifyCaller): WebSocketServer {
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer(
    {
      schema,
      onConnect: async ({ connectionParams }) => (await verify(connectionParams?.[callerHeader])) !== undefined,
      // This error ends one stream. A thrown one would close the socket, which the streams of other callers share.
      onSubscribe: async (_, __, { extensions }) => {
        if (!(await verify(extensions?.[callerHeader]))) return [new GraphQLError('The caller is not signed.')];
        return undefined;
      },
    },
    sockets,
  );
  return sockets;
}

/** Returns the caller; undefined unless the gateway has signed it. */
type VerifyCaller = (token: unknown) => Promise<unknown>;

function callerVerifier(keys: JSONWebKeySet): VerifyCaller {
  const keySet = createLocalJWKSet(keys);
  const options = { algorithms: ['EdDSA'], issuer: 'marquee-gateway', audience: name };
  return (token) =>
    jwtVerify(String(token), keySet, options).then(
      ({ payload }) => payload['caller'],
      () => undefined,
    );
}
