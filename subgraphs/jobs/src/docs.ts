import { readFile, writeFile } from 'node:fs/promises';
import { updateDiagrams } from './state-machine/readme-diagrams.js';

/** Updates the state diagrams in the README. Run it with `npm run docs` after a change to a state machine. */
const readme = new URL('../README.md', import.meta.url);

await writeFile(readme, updateDiagrams(await readFile(readme, 'utf8')));
