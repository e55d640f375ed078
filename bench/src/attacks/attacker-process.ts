/** A process that runs one attack and reports the outcomes of its connections and requests. */
import { endAfter } from '@marquee/testkit/floods/flood';
import { readInput, reportReady } from '../measuring/child-processes.js';
import { sourceAddresses, attackPlans, type TokenIssuer } from './attack-plans.js';

/** The input of the process. */
export interface AttackInput extends TokenIssuer {
  name: string;
  url: string;
  seconds: number;
}

const { name, url, seconds, ...tokenIssuer } = readInput<AttackInput>();
const plan = attackPlans(tokenIssuer)[name];
if (!plan) throw new Error(`There is no attack "${name}".`);
const target = { url, from: sourceAddresses(plan), signal: endAfter(seconds * 1000).signal };
reportReady({ outcomes: await plan.flood(target, plan.size) });
