/** A process that sends one flood, and tells what came of it. */
import { endAfter } from '@marquee/testkit/floods/target';
import { given, tell } from '../measuring/children.js';
import { addressesOf, floodPlans, type Issuing } from './floods.js';

/** What the process is started with. */
export interface Attack extends Issuing {
  name: string;
  url: string;
  seconds: number;
}

const { name, url, seconds, ...issuing } = given<Attack>();
const plan = floodPlans(issuing)[name];
if (!plan) throw new Error(`There is no flood "${name}".`);
const target = { url, from: addressesOf(plan), signal: endAfter(seconds * 1000).signal };
tell({ outcomes: await plan.flood(target, plan.size) });
