/** The stock gateway, set up as documented: @apollo/gateway behind @apollo/server. */
import { readFile } from 'node:fs/promises';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { readInput, reportReady } from '../../measuring/child-processes.js';
import type { GatewayInput } from './start-gateway.js';

const supergraphSdl = await readFile(readInput<GatewayInput>().supergraph, 'utf8');
const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
reportReady({ url });
