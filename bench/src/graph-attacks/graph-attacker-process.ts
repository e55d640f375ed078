/** A process that runs one attack on the graph and reports the outcomes of its requests. */
import { endAfter } from '@marquee/testkit/floods/flood';
import { readInput, reportReady } from '../measuring/child-processes.js';
import type { Attacker } from './attack-client.js';
import { attacksOnGraph } from './attack-table.js';

/** The input of the process. */
export interface GraphAttackInput extends Pick<Attacker, 'url' | 'tokens'> {
  name: string;
  seconds: number;
}

const { name, url, tokens, seconds } = readInput<GraphAttackInput>();
const { attack } = attacksOnGraph[name] ?? {};
if (!attack) throw new Error(`There is no attack "${name}".`);
reportReady({ outcomes: await attack({ url, tokens, signal: endAfter(seconds * 1000).signal }) });
