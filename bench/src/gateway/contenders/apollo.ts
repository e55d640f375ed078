/** The stock gateway as its documentation starts it: @apollo/gateway behind @apollo/server. */
import { readFile } from 'node:fs/promises';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { given, tell } from '../../measuring/children.js';
import type { Setting } from './start.js';

const supergraphSdl = await readFile(given<Setting>().supergraph, 'utf8');
const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
tell({ url });
