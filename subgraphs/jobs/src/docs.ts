import { readFile, writeFile } from 'node:fs/promises';
import { readmeWith } from './state-machine/readme-diagrams.js';

/** Draws the machines of this service into its README: run it after a change of a machine's table. */
const readme = new URL('../README.md', import.meta.url);

await writeFile(readme, readmeWith(await readFile(readme, 'utf8')));
