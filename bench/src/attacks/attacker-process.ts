/** A process that sends one flood, and tells what came of it. */
import { endAfter } from '@marquee/testkit/floods/target';
import { readInput, reportReady } from '../measuring/child-processes.js';
import { sourceAddresses, attackPlans, type TokenIssuer } from './attack-plans.js';

/** What the process is started with. */
export interface AttackInput extends TokenIssuer {
  name: string;
  url: string;
  seconds: number;
}

const { name, url, seconds, ...issuing } = readInput<AttackInput>();
const plan = attackPlans(issuing)[name];
if (!plan) throw new Error(`There is no flood "${name}".`);
const target = { url, from: sourceAddresses(plan), signal: endAfter(seconds * 1000).signal };
reportReady({ outcomes: await plan.flood(target, plan.size) });
