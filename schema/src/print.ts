import { printSubgraph } from '@marquee/chassis/graphql/subgraph-schema';
import { loadSchema, subgraphs } from './services.js';

// Prints the SDL of the subgraph named by the argument. A separate program, because type-graphql has one registry per process.
const name = process.argv[2];
const subgraph = subgraphs.find((known) => known.name === name);
if (!subgraph) throw new Error(`There is no subgraph "${name}".`);
process.stdout.write(printSubgraph(await loadSchema(subgraph)));
