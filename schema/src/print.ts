import { printSubgraph } from '@marquee/chassis/graphql/schema';
import { subgraphs } from './subgraphs.js';

// A program of its own: prints the SDL of the subgraph that its argument names.
const name = process.argv[2];
const subgraph = subgraphs.find((known) => known.name === name);
if (!subgraph) throw new Error(`There is no subgraph "${name}".`);
const { schema } = await subgraph.load();
process.stdout.write(printSubgraph(await schema()));
