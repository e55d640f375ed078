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

/** Seconds for which an attack without an expected outcome goes on. */
const graceSeconds = 30;

const { name, url, tokens, seconds } = readInput<GraphAttackInput>();
const { attack, expected = [] } = attacksOnGraph[name] ?? {};
if (!attack) throw new Error(`There is no attack "${name}".`);
const signal = endAfter(seconds * 1000).signal;
const lastSignal = endAfter((seconds + graceSeconds) * 1000).signal;
reportReady({ outcomes: await attack({ url, tokens, expected, signal, lastSignal }) });
