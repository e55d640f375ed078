import { type Child, startScript } from '../../measuring/children.js';
import type { World } from '../../world/main.js';
import type { Trust } from '../people.js';
import { startMarquee } from './marquee.js';

/** A gateway that is measured. */
export interface Contender extends Child {
  name: ContenderName;
  /** Of its GraphQL endpoint. */
  url: string;
  /** Whether it takes subscriptions over graphql-transport-ws. */
  live: boolean;
}

export const contenderNames = ['Marquee', 'by hand', 'Apollo', 'Hive'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** What a contender is started with. */
export interface Setting {
  world: World;
  /** Path of the supergraph. */
  supergraph: string;
  /** What makes it believe the tokens of those who ask. */
  trust: Trust;
}

const scripts = { 'by hand': 'hand', Apollo: 'apollo', Hive: 'hive' } as const;

/** @param marquee what Marquee's gateway reads besides */
export async function startContender(
  name: ContenderName,
  setting: Setting,
  marquee: Record<string, string>,
): Promise<Contender> {
  if (name === 'Marquee') return { name, live: true, ...(await startMarquee(setting, marquee)) };
  const { said, ...child } = await startScript<{ url: string }>(`gateway/contenders/${scripts[name]}`, setting);
  // The stock gateway refuses subscriptions.
  return { name, live: name !== 'Apollo', url: said.url, ...child };
}
