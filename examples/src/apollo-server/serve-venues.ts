/** node examples/dist/apollo-server/serve-venues.js <file with the gateway's public keys> <port> */
import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet } from 'jose';
import { startVenues } from './apollo-subgraph.js';

const [keys = 'caller-keys.json', port = '4007'] = process.argv.slice(2);
await startVenues(JSON.parse(await readFile(keys, 'utf8')) as JSONWebKeySet, Number(port));
process.stdout.write(`http://127.0.0.1:${port}/graphql\n`);
