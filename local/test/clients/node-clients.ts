import type { Closers } from '@marquee/chassis/process/closers';
import { WebSocket } from 'ws';
import { openApollo } from './apollo-client.js';
import { openGraphqlSse } from './events-client.js';
import { persistedClientOf } from './persisted-client.js';
import { relayClientOf } from './relay-client.js';
import { compileForRelay, loadArtifacts } from './relay-compiler.js';
import { openGraphqlRequest } from './request-client.js';
import { type ClientHost, formWith, type OpenClient } from './stock-client.js';
import type { TypedProject } from './typed-project.js';
import { openUrql } from './urql-client.js';
import { openGraphqlWs } from './websocket-client.js';

export const nodeClients = [
  'Apollo Client',
  'urql',
  'Relay',
  'graphql-request',
  'graphql-ws',
  'graphql-sse',
  'graphql-codegen',
  'gql.tada',
] as const;

/** All clients, in this process. */
export function createNodeHost(closers: Closers, { ids }: TypedProject): ClientHost {
  return {
    async open(optionsOf) {
      const artifacts = await loadArtifacts(await compileForRelay(closers, { isPersisted: false }));
      const openings: Record<(typeof nodeClients)[number], OpenClient> = {
        'Apollo Client': openApollo,
        urql: openUrql,
        Relay: relayClientOf(artifacts),
        'graphql-request': openGraphqlRequest,
        'graphql-ws': openGraphqlWs,
        'graphql-sse': openGraphqlSse,
        'graphql-codegen': persistedClientOf(ids.codegen),
        'gql.tada': persistedClientOf(ids.tada),
      };
      return new Map(
        nodeClients.map((name) => [name, openings[name]({ ...optionsOf(name), webSocketImpl: WebSocket })]),
      );
    },
    async sendForm(form, file) {
      return (await fetch(form.url, { method: 'POST', body: formWith(form, file) })).status;
    },
  };
}
