/** node examples/dist/graphql-yoga/serve-weather.js <file with the gateway's public keys> <port> */
import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet } from 'jose';
import { startWeather } from './yoga-subgraph.js';

const [keys = 'caller-keys.json', port = '4007'] = process.argv.slice(2);
await startWeather(JSON.parse(await readFile(keys, 'utf8')) as JSONWebKeySet, Number(port));
process.stdout.write(`http://127.0.0.1:${port}/graphql\n`);
